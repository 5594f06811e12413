package io.syncbn.coordinator.membership;

import io.syncbn.proto.tree.Assignment;
import java.util.List;
import java.util.Optional;

/**
 * The state of a job's membership. Immutable; {@link Decisions#on} returns the next one.
 *
 * @param times when things last happened
 */
public record Membership(
        Rules rules, Phase phase, Roster roster, CurrentGeneration current, Progress progress, Times times) {

    /**
     * Readings of the monotonic clock.
     *
     * @param gatheringNanos when the job began to wait for workers
     * @param joinedNanos when a worker last joined
     * @param alignedNanos when a state transfer last began
     * @param tickedNanos when the last tick was
     * @param progressNanos when the present wait began: shards were dealt, a generation began, a step was committed, or
     *     a worker finished
     * @param toldNanos when such a wait was last logged
     */
    public record Times(
            long gatheringNanos,
            long joinedNanos,
            long alignedNanos,
            long tickedNanos,
            long progressNanos,
            long toldNanos) {}

    /** @param recovered {@link Recovered#NOTHING} for a job that begins */
    public static Membership begin(Rules rules, Recovered recovered, long nowNanos) {
        return new Membership(
                rules,
                recovered.done().isPresent() ? Phase.DONE : Phase.GATHERING,
                new Roster(List.of(), List.of(), recovered.names(), FaultHistory.NONE),
                CurrentGeneration.after(recovered.generation()),
                new Progress(
                        recovered.step(),
                        recovered.step(),
                        0,
                        Optional.empty(),
                        Restoring.begin(recovered.begun(), recovered.restores()),
                        Optional.empty()),
                new Times(nowNanos, nowNanos, nowNanos, nowNanos, nowNanos, nowNanos));
    }

    public List<Member> members() {
        return roster.members();
    }

    public List<NameClaimant> comers() {
        return roster.comers();
    }

    public long generation() {
        return current.number();
    }

    public Optional<Assignment> assignment() {
        return current.assignment();
    }

    public long committedStep() {
        return progress.committedStep();
    }

    public Optional<String> stopping() {
        return progress.stopping();
    }

    public boolean hasMember(long connection) {
        return members().stream().anyMatch(member -> member.connection() == connection);
    }

    /** The worker with this number in the present generation, unless it is gone. */
    public Optional<Member> seated(int worker) {
        return members().stream()
                .filter(member -> member.isSeated() && member.seat() == worker)
                .findFirst();
    }

    /** Number of workers in the present generation; 0 without one. */
    public int seats() {
        return assignment().map(Assignment::workers).orElse(0);
    }

    /** A member described for messages: its name, its shards, where it runs. */
    public String describe(Member member) {
        return member.name() + " ("
                + (member.isSeated()
                        ? assignment().orElseThrow().seats().get(member.seat()).run() + ", "
                        : "")
                + "host " + member.join().getHost() + ", process "
                + member.join().getProcessId() + ")";
    }
}
