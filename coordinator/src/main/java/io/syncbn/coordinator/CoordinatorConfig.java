package io.syncbn.coordinator;

import io.syncbn.coordinator.membership.MembershipTimeouts;
import io.syncbn.coordinator.membership.Rules;
import io.syncbn.coordinator.membership.WorkerRange;
import io.syncbn.coordinator.service.Spectator;
import io.syncbn.proto.net.Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a coordinator is started with.
 *
 * @param listen name or address and port to listen on; port 0 for any that is free
 * @param rules the rules of membership
 * @param groupSize shards in a normalization group
 * @param metrics where metrics are served over HTTP, port 0 for any that is free; empty for none
 * @param journal file to which events are written, and from which a restarted coordinator recovers; empty for none
 * @param spectator sees what happens
 */
public record CoordinatorConfig(
        Address listen,
        Rules rules,
        int groupSize,
        Optional<Address> metrics,
        Optional<Path> journal,
        Spectator spectator) {

    /** @throws IllegalArgumentException listing every problem, one per line */
    public CoordinatorConfig {
        List<String> problems = new ArrayList<>();
        check(rules.workers(), rules.shards(), problems);
        if (groupSize < 1 || groupSize > rules.shards()) {
            problems.add("normalization groups of " + groupSize + " among " + rules.shards() + " shards; expected 1 to "
                    + rules.shards());
        }
        check(rules.patience(), problems);
        if (!isSome(rules.limits().state())) {
            problems.add("a limit of " + rules.limits().state().toMillis() + " ms on states; expected more than 0");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", problems));
        }
    }

    private static void check(WorkerRange workers, int shards, List<String> problems) {
        if (shards < 1) {
            problems.add(shards + " shards; expected at least 1");
        }
        if (workers.most() < 1 || workers.most() > shards) {
            problems.add(workers.most() + " workers for " + shards + " shards; expected 1 to " + shards
                    + ", so that each has a shard");
        }
        if (workers.least() < 1 || workers.least() > workers.most()) {
            problems.add("at least " + workers.least() + " workers of at most " + workers.most() + "; expected 1 to "
                    + workers.most());
        }
    }

    private static void check(MembershipTimeouts patience, List<String> problems) {
        if (!isSome(patience.join())) {
            problems.add("a join timeout of " + patience.join().toMillis() + " ms; expected more than 0");
        }
        if (!isSome(patience.heartbeat())
                || patience.silence().compareTo(patience.heartbeat().multipliedBy(2)) < 0) {
            problems.add("a silence of " + patience.silence().toMillis() + " ms for heartbeats of "
                    + patience.heartbeat().toMillis() + " ms; expected at least two heartbeats");
        }
        if (!isSome(patience.deadlineSlack()) || !isSome(patience.prepare())) {
            problems.add("a slack of " + patience.deadlineSlack().toMillis() + " ms and "
                    + patience.prepare().toMillis() + " ms to get ready; expected more than 0");
        }
    }

    private static boolean isSome(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }
}
