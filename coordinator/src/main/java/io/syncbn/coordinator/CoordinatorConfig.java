package io.syncbn.coordinator;

import io.syncbn.coordinator.membership.Patience;
import io.syncbn.coordinator.membership.Straggler;
import io.syncbn.proto.net.Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a coordinator is started with.
 *
 * @param host name or address to listen on
 * @param port to listen on; 0 for any that is free
 * @param fingerprint of the job
 * @param shards S
 * @param groupSize shards in a normalization group
 * @param minWorkers fewest workers with which the job goes on
 * @param maxWorkers most workers that take part at a time
 * @param joinTimeout how long the job waits for the fewest
 * @param straggler what is done about a worker that makes the others wait
 * @param metrics where metrics are served over HTTP, port 0 for any that is free; empty for nowhere
 * @param log where events are written, and read from if the coordinator is started again; empty for nowhere
 * @param patience how long it waits for workers
 * @param stateLimit how long 256 MB of a state may take on their way to workers
 */
public record CoordinatorConfig(
        String host,
        int port,
        String fingerprint,
        int shards,
        int groupSize,
        int minWorkers,
        int maxWorkers,
        Duration joinTimeout,
        Straggler straggler,
        Optional<Address> metrics,
        Optional<Path> log,
        Patience patience,
        Duration stateLimit) {

    private static final Duration STATE_LIMIT = Duration.ofSeconds(60);

    /** With the usual limit on states. */
    public CoordinatorConfig(
            String host,
            int port,
            String fingerprint,
            int shards,
            int groupSize,
            int minWorkers,
            int maxWorkers,
            Duration joinTimeout,
            Straggler straggler,
            Optional<Address> metrics,
            Optional<Path> log,
            Patience patience) {
        this(
                host,
                port,
                fingerprint,
                shards,
                groupSize,
                minWorkers,
                maxWorkers,
                joinTimeout,
                straggler,
                metrics,
                log,
                patience,
                STATE_LIMIT);
    }

    /** @throws IllegalArgumentException with everything that is wrong, a line each */
    public CoordinatorConfig {
        List<String> problems = new ArrayList<>();
        if (shards < 1) {
            problems.add(shards + " shards; expected at least 1");
        }
        if (maxWorkers < 1 || maxWorkers > shards) {
            problems.add(maxWorkers + " workers for " + shards + " shards; expected 1 to " + shards
                    + ", so that each has a shard");
        }
        if (minWorkers < 1 || minWorkers > maxWorkers) {
            problems.add(
                    "at least " + minWorkers + " workers of at most " + maxWorkers + "; expected 1 to " + maxWorkers);
        }
        if (groupSize < 1 || groupSize > shards) {
            problems.add(
                    "normalization groups of " + groupSize + " among " + shards + " shards; expected 1 to " + shards);
        }
        if (joinTimeout.isNegative() || joinTimeout.isZero()) {
            problems.add("a join timeout of " + joinTimeout.toMillis() + " ms; expected more than 0");
        }
        if (stateLimit.isNegative() || stateLimit.isZero()) {
            problems.add("a limit of " + stateLimit.toMillis() + " ms on states; expected more than 0");
        }
        if (patience.heartbeatMillis() < 1 || patience.silenceMillis() < 2 * patience.heartbeatMillis()) {
            problems.add("a silence of " + patience.silenceMillis() + " ms for heartbeats of "
                    + patience.heartbeatMillis() + " ms; expected at least two heartbeats");
        }
        if (patience.deadlineSlackMillis() < 1 || patience.prepareMillis() < 1) {
            problems.add("a slack of " + patience.deadlineSlackMillis() + " ms and " + patience.prepareMillis()
                    + " ms to get ready; expected more than 0");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", problems));
        }
    }
}
