package io.syncbn.coordinator.rounds;

import io.syncbn.proto.rounds.Offered;
import io.syncbn.proto.rounds.Round;
import io.syncbn.proto.rounds.Rounds;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The sums and commits of one generation: its rounds, and the gate that a step passes when all of its sums are
 * complete. Belongs to one thread.
 */
public final class GenerationSums {
    private final Assignment assignment;
    private final Rounds rounds;
    private final CommitGate gate;
    private final Committers committers;
    private final WaitAttribution waits;
    private boolean isEnding;
    private boolean isOver;
    /** COMMIT's sum, held back until the step is committed; null before it is complete. */
    private Offered.Sum commit;

    /**
     * @param committedStep steps committed before this generation
     * @param nowNanos when the generation begins
     */
    public GenerationSums(Assignment assignment, int groupSize, long committedStep, long nowNanos) {
        this.assignment = assignment;
        rounds = new Rounds(assignment, groupSize, committedStep);
        gate = new CommitGate(assignment.workers() == 1);
        committers = new Committers(assignment);
        waits = new WaitAttribution(assignment, nowNanos);
    }

    /** Ends the generation with the step being computed: its COMMIT is sent back as LAST_COMMIT. */
    public void endWithStep() {
        isEnding = true;
    }

    /** Whether workers compute a step whose sums are not complete; not after a planned end. */
    public boolean isStepUnderWay() {
        return !isOver;
    }

    /**
     * Takes a frame that a worker sent.
     *
     * @param frame belongs to the sums from here on
     */
    public List<RoundEffect> offer(int worker, DataFrame frame, long nowNanos) {
        Offered offered = rounds.offer(worker, frame, nowNanos);
        if (offered instanceof Offered.Added added) {
            return added(worker, frame.header().kind(), added, nowNanos);
        } else if (offered instanceof Offered.Refused refused) {
            return List.of(new RoundEffect.Refused(List.of(worker), refused.reason()));
        }
        return List.of(new RoundEffect.Ignored());
    }

    private List<RoundEffect> added(int worker, SumKind kind, Offered.Added part, long nowNanos) {
        if (kind == SumKind.COMMIT) {
            committers.sent(part.owner(), worker);
        }
        List<RoundEffect> effects = new ArrayList<>();
        if (worker != part.owner()) {
            effects.add(new RoundEffect.BackupWon());
        }
        part.sum().ifPresent(sum -> {
            waits.completed(kind, sum.arrivals(), part.owner(), nowNanos);
            effects.addAll(completed(sum));
        });
        return effects;
    }

    private List<RoundEffect> completed(Offered.Sum sum) {
        FrameHeader header = sum.root().header();
        List<RoundEffect> effects = new ArrayList<>();
        if (header.kind() == SumKind.COMMIT) {
            commit = sum;
        } else {
            effects.add(new RoundEffect.Send(sum.workers(), sum.root()));
        }
        gate.completed(header.kind(), header.index(), header.of());
        if (gate.isOpen()) {
            effects.addAll(commit());
        }
        return effects;
    }

    /**
     * Commits the step. If a round is still open, somebody left out a part: every worker sends its parts of COMMIT
     * after those of the step's moments, on one stream, and skips only sums that were complete already. So whoever sent
     * COMMIT for a run, its owner or its backup, is done with that run's part of every other sum, whichever of the two
     * sent it first.
     */
    private List<RoundEffect> commit() {
        Optional<Round> left = rounds.open().stream().findFirst();
        if (left.isPresent()) {
            return List.of(leftOut(left.get()));
        }
        rounds.committed();
        gate.nextStep();
        List<RoundEffect> effects = List.of(
                new RoundEffect.Send(commit.workers(), isEnding ? last(commit.root()) : commit.root()),
                new RoundEffect.Committed(rounds.committedStep(), waits.take(), committers.beforeTheirBackups()));
        isOver = isEnding;
        committers.nextStep();
        commit = null;
        return effects;
    }

    private RoundEffect leftOut(Round round) {
        return new RoundEffect.Refused(
                committers.of(round.arrivals().missing()),
                "step " + (rounds.committedStep() + 1) + " (generation " + assignment.generation()
                        + "): everything is complete but " + round.id() + ", with " + round.progress());
    }

    private static DataFrame last(DataFrame commit) {
        return DataFrame.of(commit.header().as(SumKind.LAST_COMMIT), commit.payload());
    }

    /** Number of committed steps. */
    public long committedStep() {
        return rounds.committedStep();
    }

    /** The sum that has waited longest, and the workers that hold it up; empty if none is open. */
    public Optional<OldestWait> oldest() {
        return OldestWait.of(rounds.open(), assignment);
    }

    /** Number of sums that wait for parts, or whose completion is remembered so that no part is added twice. */
    int held() {
        return rounds.held();
    }
}
