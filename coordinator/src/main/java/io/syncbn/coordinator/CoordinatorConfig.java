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
 * @param listen name or address and port to listen on; port 0 for any that is free
 * @param metrics where metrics are served over HTTP, port 0 for any that is free; empty for nowhere
 * @param log where events are written, and read from if the coordinator is started again; empty for nowhere
 */
public record CoordinatorConfig(
        Address listen,
        JobFacts job,
        Workers workers,
        Timeouts timeouts,
        Optional<Address> metrics,
        Optional<Path> log) {

    /**
     * What it needs to know of the job.
     *
     * @param shards S
     * @param groupSize shards in a normalization group
     */
    public record JobFacts(String fingerprint, int shards, int groupSize) {}

    /**
     * With whom the job goes on.
     *
     * @param least fewest workers with which it does
     * @param most most workers that take part at a time
     * @param straggler what is done about a worker that makes the others wait
     */
    public record Workers(int least, int most, Straggler straggler) {}

    /**
     * How long it waits.
     *
     * @param join for the fewest workers
     * @param state for 256 MB of a state on their way to workers
     * @param patience for workers that have joined
     */
    public record Timeouts(Duration join, Duration state, Patience patience) {}

    /** @throws IllegalArgumentException with everything that is wrong, a line each */
    public CoordinatorConfig {
        List<String> problems = new ArrayList<>();
        check(job, problems);
        check(workers, job.shards(), problems);
        checkGroups(job, problems);
        check(timeouts, problems);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", problems));
        }
    }

    private static void check(JobFacts job, List<String> problems) {
        if (job.shards() < 1) {
            problems.add(job.shards() + " shards; expected at least 1");
        }
    }

    private static void check(Workers workers, int shards, List<String> problems) {
        if (workers.most() < 1 || workers.most() > shards) {
            problems.add(workers.most() + " workers for " + shards + " shards; expected 1 to " + shards
                    + ", so that each has a shard");
        }
        if (workers.least() < 1 || workers.least() > workers.most()) {
            problems.add("at least " + workers.least() + " workers of at most " + workers.most() + "; expected 1 to "
                    + workers.most());
        }
    }

    private static void checkGroups(JobFacts job, List<String> problems) {
        int shards = job.shards();
        if (job.groupSize() < 1 || job.groupSize() > shards) {
            problems.add("normalization groups of " + job.groupSize() + " among " + shards + " shards; expected 1 to "
                    + shards);
        }
    }

    private static void check(Timeouts timeouts, List<String> problems) {
        Patience patience = timeouts.patience();
        if (timeouts.join().isNegative() || timeouts.join().isZero()) {
            problems.add("a join timeout of " + timeouts.join().toMillis() + " ms; expected more than 0");
        }
        if (timeouts.state().isNegative() || timeouts.state().isZero()) {
            problems.add("a limit of " + timeouts.state().toMillis() + " ms on states; expected more than 0");
        }
        if (patience.heartbeatMillis() < 1 || patience.silenceMillis() < 2 * patience.heartbeatMillis()) {
            problems.add("a silence of " + patience.silenceMillis() + " ms for heartbeats of "
                    + patience.heartbeatMillis() + " ms; expected at least two heartbeats");
        }
        if (patience.deadlineSlackMillis() < 1 || patience.prepareMillis() < 1) {
            problems.add("a slack of " + patience.deadlineSlackMillis() + " ms and " + patience.prepareMillis()
                    + " ms to get ready; expected more than 0");
        }
    }
}
