package io.syncbn.proto.rounds;

import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import io.syncbn.proto.wire.Payload;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The sums of one generation, or those of them that one process folds.
 *
 * <p>Belongs to one thread. Memory is bounded by one step's sums: a round holds at most as many arrays as it has parts
 * outstanding, a complete one only a bit, and frames of other steps are not accepted.
 */
public final class Rounds {
    private final FrameRules rules;
    private final Map<RoundId, Round> open = new LinkedHashMap<>();
    private final CompleteRounds complete = new CompleteRounds();
    private long committedStep;
    /** Number of chunks of the step's gradient; 0 until the first of them states it. */
    private int chunks;

    /** @param committedStep steps committed before this generation */
    public Rounds(Assignment assignment, int groupSize, long committedStep) {
        this.rules = new FrameRules(assignment, groupSize);
        this.committedStep = committedStep;
    }

    /**
     * Takes a frame that a worker sent.
     *
     * @param frame belongs to the rounds from here on
     */
    public Offered offer(int worker, DataFrame frame, long nowNanos) {
        FrameHeader header = frame.header();
        if (rules.isPast(header, committedStep)) {
            return new Offered.Ignored();
        }
        Optional<String> problem = rules.problem(worker, header, committedStep);
        if (problem.isPresent()) {
            return refused(worker, header, problem.get());
        }
        RoundId id = RoundId.of(header);
        Round round = open.get(id);
        if (complete.contains(id) || round != null && round.has(header.node())) {
            return new Offered.Ignored();
        }
        problem = problemInContext(round, frame);
        if (problem.isPresent()) {
            return refused(worker, header, problem.get());
        }
        try {
            return add(round == null ? begin(id, worker, frame, nowNanos) : round, frame, nowNanos);
        } catch (IllegalArgumentException e) {
            return refused(worker, header, "sent a part again: " + e.getMessage());
        }
    }

    /** What is wrong with a frame, given those that came before. */
    private Optional<String> problemInContext(Round round, DataFrame frame) {
        FrameHeader header = frame.header();
        if (header.kind().isInChunks() && chunks != 0 && header.of() != chunks) {
            return Optional.of("sent a chunk of " + header.of() + ", expected of " + chunks);
        }
        return round == null ? Optional.empty() : round.problem(frame.payload().length());
    }

    private Offered refused(int worker, FrameHeader header, String problem) {
        return new Offered.Refused(header + ": " + rules.name(worker) + " " + problem);
    }

    private Round begin(RoundId id, int worker, DataFrame first, long nowNanos) {
        FrameHeader header = first.header();
        Round round = new Round(
                id,
                rules.tree(header),
                first.payload().length(),
                rules.name(worker),
                new Arrivals(rules.leaves(header), nowNanos));
        open.put(id, round);
        return round;
    }

    private Offered add(Round round, DataFrame frame, long nowNanos) {
        FrameHeader header = frame.header();
        int owner = rules.owner(header);
        Optional<Payload> root = round.offer(owner, header.node(), frame.payload(), nowNanos);
        if (header.kind().isInChunks()) {
            chunks = header.of();
        }
        return new Offered.Added(owner, root.map(payload -> completed(round, header, payload)));
    }

    private Offered.Sum completed(Round round, FrameHeader header, Payload root) {
        open.remove(round.id());
        complete.add(round.id());
        DataFrame sum = DataFrame.of(header.at(rules.tree(header).root()), root);
        return new Offered.Sum(sum, rules.workersIn(header), round.arrivals());
    }

    /** Marks the step as committed, wherever its sums were taken: frames of it are stale from now on. */
    public void committed() {
        committedStep++;
        chunks = 0;
        complete.forget(committedStep);
    }

    /** Steps that are committed. */
    public long committedStep() {
        return committedStep;
    }

    /** The sums that wait for parts, the oldest first. */
    public Collection<Round> open() {
        return Collections.unmodifiableCollection(open.values());
    }

    /** Number of sums that wait for parts, or whose completion is remembered so that no part is added twice. */
    public int held() {
        return open.size() + complete.size();
    }
}
