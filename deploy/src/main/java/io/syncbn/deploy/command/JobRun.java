package io.syncbn.deploy.command;

import io.syncbn.deploy.settings.RunSettings;
import io.syncbn.deploy.settings.Settings;
import io.syncbn.proto.job.Job;
import java.util.Optional;

/**
 * A job and the number of workers that share it.
 *
 * @param job empty where something is wrong with it
 */
record JobRun(Optional<Job> job, int workers) {
    /** Far more than a coordinator can serve; keeps arithmetic on the number safe. */
    private static final int MOST_WORKERS = 1 << 16;

    static JobRun of(Settings settings) {
        int workers = settings.integer(RunSettings.WORKERS, 1, MOST_WORKERS);
        Optional<Job> job = settings.job(workers);
        job.filter(known -> known.shards() < workers)
                .ifPresent(known -> settings.problem("--workers is " + workers + " but --shards is " + known.shards()
                        + "; each worker needs at least one shard"));
        return new JobRun(job, workers);
    }
}
