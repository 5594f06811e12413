package io.syncbn.worker.collective;

import io.syncbn.proto.tree.Grouping;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ShardRun;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BinaryOperator;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Reduces over the shards of one process: adds their parts along the tree, passes on the nodes that cover each run of
 * them, and wakes them with the total.
 *
 * <p>A total may arrive before the shards here have offered their parts, because a backup computes them too. It is kept
 * until they have, or their step is done; parts offered after that are dropped. Totals over all shards are always kept
 * until their step is done: a worker that abandons a step takes them without an offer.
 *
 * <p>Thread-safe. The last shard of a run to offer its part passes the run's nodes on, from its own thread.
 */
final class LocalReducer<T> {
    private static final long NO_STEP = -1;

    /** Takes the nodes that cover a run's shards of a group, once all of these have offered their parts. */
    interface Outlet<T> {
        void accept(Round round, int group, Map<Node, T> nodes);
    }

    private record Key(Round round, int group) {}

    /** All sums that are not spared, whether begun or not, fail from here on. */
    private record End(Predicate<Round> spared, String reason) {}

    private final List<ShardRun> runs;
    private final BinaryOperator<T> adder;
    private final Outlet<T> outlet;
    private final Waiting waiting;
    private final LongSupplier nanoClock;
    private final Map<Key, LocalRound<T>> meetings = new ConcurrentHashMap<>();
    private volatile End end;
    /** The last step known to be committed, which shards here abandon if they have not finished it. */
    private volatile long committedStep = NO_STEP;
    /** Nobody will ask for sums of this step or earlier ones again. */
    private volatile long doneStep = NO_STEP;

    /** @param runs of shards that this process has */
    LocalReducer(
            List<ShardRun> runs, BinaryOperator<T> adder, Outlet<T> outlet, Waiting waiting, LongSupplier nanoClock) {
        this.runs = List.copyOf(runs);
        this.adder = adder;
        this.outlet = outlet;
        this.waiting = waiting;
        this.nanoClock = nanoClock;
    }

    /** @throws OvertakenException if the round's step is committed without this part */
    Sum<T> offer(Grouping grouping, Round round, int shard, T part) {
        int group = grouping.groupOf(shard);
        Key key = new Key(round, group);
        LocalRound<T> meeting = meeting(grouping, key);
        Map<Node, T> folded = Map.of();
        boolean isThere;
        synchronized (meeting) {
            isThere = meeting.isThere;
            if (!isThere) {
                folded = meeting.add(shard, new Node(0, grouping.positionOf(shard)), part, nanoClock);
            }
            meeting.missing--;
            if (isThere && isOver(round, meeting)) {
                meetings.remove(key);
            }
        }
        if (isThere) {
            waiting.look(); // others are ahead, and may have committed the step
        }
        // A part that was sent may itself have led to the commit; but not one of moments, which precede COMMIT's.
        boolean hasNotGone = isThere || !folded.isEmpty();
        if ((hasNotGone || round.kind().isOfGroup()) && round.kind().isOfStep() && round.step() <= committedStep) {
            throw overtaken(round.step());
        }
        End over = end;
        if (over != null && !over.spared.test(round)) {
            meeting.sum.fail(new AbandonedException(over.reason));
        }
        if (!folded.isEmpty()) {
            outlet.accept(round, group, folded);
        }
        return meeting.sum;
    }

    /** A sum over all shards, whether or not those here have offered their parts; of a step that is not done. */
    Sum<T> sum(Grouping all, Round round) {
        LocalRound<T> meeting = meeting(all, new Key(round, 0));
        End over = end;
        if (over != null && !over.spared.test(round)) {
            meeting.sum.fail(new AbandonedException(over.reason));
        }
        return meeting.sum;
    }

    /** Whether a sum over all shards has arrived. */
    boolean isThere(Round round) {
        waiting.look();
        LocalRound<T> meeting = meetings.get(new Key(round, 0));
        if (meeting == null) {
            return false;
        }
        synchronized (meeting) {
            return meeting.isThere;
        }
    }

    /** Delivers a total to the shards that wait for it, now or later; a duplicate changes nothing. */
    void complete(Grouping grouping, Round round, int group, T total) {
        if (round.lastStep() <= doneStep) {
            return;
        }
        Key key = new Key(round, group);
        LocalRound<T> meeting = meeting(grouping, key);
        synchronized (meeting) {
            meeting.isThere = true;
            meeting.forgetParts();
            if (isOver(round, meeting)) {
                meetings.remove(key);
            }
        }
        meeting.sum.complete(total);
    }

    /** Ends a committed step for the shards here that have not finished it, at their next offer or in a wait. */
    void overtake(long step) {
        committedStep = step;
        meetings.forEach((key, meeting) -> {
            if (key.round.kind().isOfGroup() && key.round.step() <= step) {
                meeting.sum.fail(overtaken(step));
            }
        });
    }

    private static OvertakenException overtaken(long step) {
        return new OvertakenException("step " + step + " is committed");
    }

    /** Forgets the sums of a step and of all before. */
    void done(long step) {
        doneStep = step;
        meetings.keySet().removeIf(key -> key.round.lastStep() <= step);
    }

    /** Fails all present and future waits. */
    void fail(String reason) {
        fail(reason, round -> false);
    }

    /** Fails all present and future waits, except for sums that may still come. */
    void fail(String reason, Predicate<Round> spared) {
        end = new End(spared, reason);
        meetings.forEach((key, meeting) -> {
            if (!spared.test(key.round)) {
                meeting.sum.fail(new AbandonedException(reason));
            }
        });
    }

    /** A sum for which all parts of a run were passed on before a time, and which has not arrived; empty if none. */
    Optional<Round> handedOnBefore(long nanos) {
        for (Map.Entry<Key, LocalRound<T>> entry : meetings.entrySet()) {
            LocalRound<T> meeting = entry.getValue();
            synchronized (meeting) {
                if (meeting.isHandedOnBefore(nanos)) {
                    return Optional.of(entry.getKey().round);
                }
            }
        }
        return Optional.empty();
    }

    /** Number of sums that are kept or waited for. */
    int held() {
        return meetings.size();
    }

    private LocalRound<T> meeting(Grouping grouping, Key key) {
        return meetings.computeIfAbsent(
                key, absent -> new LocalRound<>(runs, grouping, absent.group, adder, new PendingSum<>(waiting)));
    }

    /**
     * Whether a sum whose total has arrived can be forgotten here: one of moments that all shards here hold already.
     */
    private static boolean isOver(Round round, LocalRound<?> meeting) {
        return round.kind().isOfGroup() && meeting.missing == 0;
    }
}
