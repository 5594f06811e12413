package io.syncbn.deploy.command;

import io.syncbn.coordinator.membership.Limits;
import io.syncbn.coordinator.membership.MembershipTimeouts;
import io.syncbn.coordinator.membership.Rules;
import io.syncbn.coordinator.membership.Straggler;
import io.syncbn.coordinator.membership.WorkerRange;
import io.syncbn.deploy.settings.Range;
import io.syncbn.deploy.settings.RunSettings;
import io.syncbn.deploy.settings.Settings;
import io.syncbn.proto.job.Fingerprint;
import io.syncbn.proto.job.Job;
import java.time.Duration;
import java.util.List;

/** How the coordinator deals with workers, from flags and job file. */
record CoordinatorSettings(MembershipTimeouts patience, Straggler straggler, Limits limits) {
    private static final int DAY_SECONDS = 86_400;

    /** Up to here a slow worker may catch up by itself, unless its memory is too small for the sums it is behind. */
    private static final int MOST_STEPS_BEHIND = 100;

    static CoordinatorSettings of(Settings settings) {
        return new CoordinatorSettings(
                MembershipTimeouts.of(
                        WorkerSettings.joinTimeout(settings),
                        settings.fractionalSeconds(RunSettings.SILENCE, Duration.ofMillis(500), WorkerSettings.DAY),
                        settings.fractionalSeconds(
                                RunSettings.DEADLINE_SLACK, Duration.ofMillis(100), WorkerSettings.DAY),
                        WorkerSettings.prepareTimeout(settings)),
                settings.choice(RunSettings.STRAGGLER, List.of(Straggler.values())),
                new Limits(
                        settings.seconds(RunSettings.STATE_LIMIT, 1, DAY_SECONDS),
                        Runtime.getRuntime().maxMemory(),
                        MOST_STEPS_BEHIND));
    }

    Rules rules(Job job, Range workers) {
        WorkerRange range = new WorkerRange(workers.least(), workers.most());
        return new Rules(Fingerprint.of(job), job.batches().shards(), range, patience, straggler, limits);
    }
}
