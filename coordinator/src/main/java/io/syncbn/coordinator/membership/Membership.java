package io.syncbn.coordinator.membership;

import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.v1.Finished;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The state of a job's membership. Immutable; {@link Decisions#on} gives the next one.
 *
 * @param members all that have joined and are still there, in the order of joining
 * @param comers those who wait for a member's name
 * @param generation number of the membership; 0 before the first
 * @param committedStep steps whose result is the model, as far as this coordinator knows
 * @param baseStep steps that must not be lost: those committed when the last generation began, which all of its workers
 *     had, and all but the last that were committed since
 * @param assignment who computes what, in the phases that have a generation
 * @param origin with which the first generation began
 * @param restoring what is known of a state that everybody may have lost
 * @param finished what those of this generation ended with that have finished, by name
 * @param expected names of those that are to come back after a restart of the coordinator
 * @param stopping why the user wants the job to end, if so
 * @param isEnding whether this generation ends with the step being computed
 * @param alignStep the step whose state all are to take over, or {@link #NOT_ALIGNED}
 * @param damagedInARow generations that were damaged since the last commit
 * @param suspicions what is held against workers
 * @param times when things last happened
 */
public record Membership(
        Rules rules,
        Phase phase,
        List<Member> members,
        List<Comer> comers,
        long generation,
        long committedStep,
        long baseStep,
        Optional<Assignment> assignment,
        Optional<JobOrigin> origin,
        Restoring restoring,
        Map<String, Finished> finished,
        Set<String> expected,
        Optional<String> stopping,
        boolean isEnding,
        long alignStep,
        int damagedInARow,
        Suspicions suspicions,
        Times times) {

    static final long NOT_ALIGNED = -1;

    /**
     * Readings of the monotonic clock.
     *
     * @param gatheringNanos when the job began to wait for workers
     * @param joinedNanos when somebody joined last
     * @param alignedNanos when a state was last asked for
     * @param tickedNanos when time was last looked at
     * @param progressNanos since when what is waited for is waited for: shards were dealt, a generation began, a step was
     *     committed, somebody finished
     * @param toldNanos when somebody was last told of such a wait
     */
    public record Times(
            long gatheringNanos,
            long joinedNanos,
            long alignedNanos,
            long tickedNanos,
            long progressNanos,
            long toldNanos) {}

    public Membership {
        members = List.copyOf(members);
        comers = List.copyOf(comers);
        finished = Map.copyOf(finished);
        expected = Set.copyOf(expected);
    }

    /** @param earlier {@link Earlier#NOTHING} for a job that begins */
    public static Membership begin(Rules rules, Earlier earlier, long nowNanos) {
        return new Membership(
                rules,
                earlier.done().isPresent() ? Phase.DONE : Phase.GATHERING,
                List.of(),
                List.of(),
                earlier.generation(),
                earlier.step(),
                earlier.step(),
                Optional.empty(),
                Optional.empty(),
                Restoring.begin(earlier.begun(), earlier.restores()),
                Map.of(),
                earlier.names(),
                Optional.empty(),
                false,
                NOT_ALIGNED,
                0,
                Suspicions.NONE,
                new Times(nowNanos, nowNanos, nowNanos, nowNanos, nowNanos, nowNanos));
    }

    public boolean hasMember(long connection) {
        return members.stream().anyMatch(member -> member.connection() == connection);
    }

    /** The worker with this number in the present generation, unless it is gone. */
    public Optional<Member> seated(int worker) {
        return members.stream()
                .filter(member -> member.isSeated() && member.seat() == worker)
                .findFirst();
    }

    /** Number of workers in the present generation; 0 without one. */
    public int seats() {
        return assignment.map(Assignment::workers).orElse(0);
    }

    /** A member as people know it: its name, its shards, where it runs. */
    public String describe(Member member) {
        return member.name() + " ("
                + (member.isSeated()
                        ? assignment.orElseThrow().seats().get(member.seat()).run() + ", "
                        : "")
                + "host " + member.join().getHost() + ", process "
                + member.join().getProcessId() + ")";
    }
}
