package io.syncbn.deploy.command;

import io.syncbn.deploy.settings.BenchSettings;
import io.syncbn.deploy.settings.Range;
import io.syncbn.deploy.settings.RunSettings;
import io.syncbn.deploy.settings.Settings;
import io.syncbn.proto.job.Job;
import java.util.Optional;

/**
 * A job and how many workers share it.
 *
 * @param job empty where something is wrong with it; it has as many shards as it can have workers, or four where nothing is
 *     said of these, unless it says otherwise
 */
record JobRun(Optional<Job> job, Range workers) {
    /** Far more than a coordinator can serve; keeps arithmetic on the number safe. */
    private static final int MOST_WORKERS = 1 << 16;

    /** A number of its own: the bits follow from the shards, so it must not follow from what is fastest somewhere. */
    private static final int USUAL_SHARDS = 4;

    static JobRun of(Settings settings) {
        Range workers = settings.range(RunSettings.WORKERS, MOST_WORKERS);
        return of(settings, workers, settings.isGiven(RunSettings.WORKERS) ? workers.most() : USUAL_SHARDS);
    }

    /** For benchmarks, whose figures belong to one number of workers. */
    static JobRun measured(Settings settings) {
        int workers = settings.integer(BenchSettings.WORKERS, 1, MOST_WORKERS);
        return of(settings, new Range(workers, workers), workers);
    }

    private static JobRun of(Settings settings, Range workers, int shards) {
        Optional<Job> job = settings.job(shards);
        job.filter(known -> known.batches().shards() < workers.most())
                .ifPresent(known -> settings.problem("--workers is " + workers + " but --shards is "
                        + known.batches().shards() + "; each worker needs at least one shard"));
        return new JobRun(job, workers);
    }
}
