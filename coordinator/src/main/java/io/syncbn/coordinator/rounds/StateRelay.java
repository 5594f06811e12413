package io.syncbn.coordinator.rounds;

import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** Relays one worker's state to others before a generation begins. Belongs to one thread. */
public final class StateRelay {
    private final Assignment assignment;
    private final int source;
    private final List<Integer> targets;
    private final long step;
    private final BitSet handedOn = new BitSet();

    /** @param step steps committed in that state */
    public StateRelay(Assignment assignment, int source, List<Integer> targets, long step) {
        this.assignment = assignment;
        this.source = source;
        this.targets = targets;
        this.step = step;
    }

    /** Workers' numbers. */
    public List<Integer> targets() {
        return targets;
    }

    /** Takes a frame that a worker sent. */
    public RoundEffect offer(int worker, DataFrame frame) {
        FrameHeader header = frame.header();
        boolean isOfEarlierSource =
                header.kind() == SumKind.STATE && header.generation() == assignment.generation() && worker != source;
        if (header.generation() < assignment.generation() || isOfEarlierSource) {
            return new RoundEffect.Ignored();
        }
        Optional<String> problem = problem(worker, header);
        if (problem.isPresent()) {
            return new RoundEffect.Refused(
                    List.of(worker), header + ": " + assignment.seats().get(worker) + " " + problem.get());
        }
        if (handedOn.get(header.index())) {
            return new RoundEffect.Ignored();
        }
        handedOn.set(header.index());
        return new RoundEffect.Send(targets, frame);
    }

    private Optional<String> problem(int worker, FrameHeader header) {
        if (header.generation() != assignment.generation()) {
            return Optional.of("sent generation " + header.generation() + ", expected " + assignment.generation());
        }
        if (header.kind() != SumKind.STATE) {
            return Optional.of("sent a sum before the generation began");
        }
        if (header.step() != step) {
            return Optional.of("sent step " + header.step() + ", expected " + step);
        }
        Node node = new Node(0, assignment.seats().get(source).run().first());
        if (header.group() != 0 || !header.node().equals(node)) {
            return Optional.of("sent node " + header.node() + " of group " + header.group() + ", expected " + node
                    + " of group 0");
        }
        int most = header.kind().most();
        return header.of() > most || header.index() >= header.of()
                ? Optional.of("sent chunk " + header.index() + " of " + header.of() + ", expected one of 1 to " + most
                        + " chunks")
                : Optional.empty();
    }
}
