package io.syncbn.coordinator.rounds;

import io.syncbn.coordinator.membership.Assignment;
import io.syncbn.proto.v1.Kind;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import io.syncbn.proto.wire.Payload;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All sums of one generation.
 *
 * <p>Belongs to one thread. Memory is bounded by one step's sums: a round holds at most as many arrays as it has parts
 * outstanding, a complete one holds only its name, and nothing of another step is taken.
 */
public final class Rounds {
    private final long generation;
    private final FrameRules rules;
    private final Map<RoundId, Round> open = new LinkedHashMap<>();
    private final Set<RoundId> complete = new HashSet<>();
    private long committedStep;
    /** Chunks that the step's gradient has; 0 until the first of them says so. */
    private int chunks;

    private int chunksComplete;
    /** The root of COMMIT, held back until the step is committed; null before it is complete. */
    private RoundEffect.SendRoot commit;

    /** @param committedStep steps done before this generation */
    public Rounds(Assignment assignment, int groupSize, long committedStep) {
        this.generation = assignment.generation();
        this.rules = new FrameRules(assignment, groupSize);
        this.committedStep = committedStep;
    }

    /**
     * Takes a frame that a worker sent.
     *
     * @param frame belongs to the rounds from here on
     */
    public List<RoundEffect> offer(int worker, DataFrame frame) {
        FrameHeader header = frame.header();
        Optional<String> problem = rules.problem(worker, header, committedStep);
        if (problem.isEmpty()) {
            problem = problemInContext(worker, frame);
        }
        if (problem.isPresent()) {
            return List.of(refused(worker, header, problem.get()));
        }
        RoundId id = RoundId.of(header);
        Round round = open.computeIfAbsent(
                id, absent -> new Round(rules.tree(header), frame.payload().length(), rules.name(worker)));
        Optional<Payload> root;
        try {
            root = round.offer(header.node(), frame.payload());
        } catch (IllegalArgumentException e) {
            return List.of(refused(worker, header, "sent a part again: " + e.getMessage()));
        }
        if (header.kind() == Kind.GRADIENTS) {
            chunks = header.of();
        }
        return root.map(sum -> completed(header, id, sum)).orElse(List.of());
    }

    /** Steps whose sums are all complete. */
    public long committedStep() {
        return committedStep;
    }

    /** Sums that wait for parts, or whose completion is remembered so that none is added twice: none after a commit. */
    int held() {
        return open.size() + complete.size();
    }

    /** What is wrong with a frame, given those that came before. */
    private Optional<String> problemInContext(int worker, DataFrame frame) {
        FrameHeader header = frame.header();
        RoundId id = RoundId.of(header);
        if (complete.contains(id)) {
            return Optional.of("sent node " + header.node() + " of a sum that is complete");
        }
        if (header.kind() == Kind.GRADIENTS && chunks != 0 && header.of() != chunks) {
            return Optional.of("sent a chunk of " + header.of() + ", expected of " + chunks);
        }
        Round round = open.get(id);
        return round == null ? Optional.empty() : round.problem(frame.payload().length());
    }

    private RoundEffect refused(int worker, FrameHeader header, String problem) {
        return new RoundEffect.Refused(header + ": " + rules.name(worker) + " " + problem);
    }

    private List<RoundEffect> completed(FrameHeader header, RoundId id, Payload sum) {
        open.remove(id);
        complete.add(id);
        List<RoundEffect> effects = new ArrayList<>();
        RoundEffect.SendRoot send = new RoundEffect.SendRoot(
                rules.workersIn(header),
                DataFrame.of(header.at(rules.tree(header).root()), sum));
        if (header.kind() == Kind.COMMIT) {
            commit = send;
        } else {
            effects.add(send);
        }
        if (header.kind() == Kind.GRADIENTS) {
            chunksComplete++;
        }
        if (commit != null && chunks > 0 && chunksComplete == chunks) {
            effects.addAll(commit());
        }
        return effects;
    }

    /** Every worker sends its COMMIT after the rest of the step, so that an open round now is one that somebody left out. */
    private List<RoundEffect> commit() {
        if (!open.isEmpty()) {
            Map.Entry<RoundId, Round> left = open.entrySet().iterator().next();
            return List.of(new RoundEffect.Refused("step " + (committedStep + 1) + " (generation " + generation
                    + "): everything is complete but " + left.getKey() + ", with "
                    + left.getValue().progress()));
        }
        List<RoundEffect> effects = List.of(new RoundEffect.Committed(++committedStep), commit);
        chunks = 0;
        chunksComplete = 0;
        commit = null;
        complete.clear();
        return effects;
    }
}
