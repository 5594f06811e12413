package io.syncbn.worker.train;

import io.syncbn.proto.Protocol;
import io.syncbn.proto.job.Fingerprint;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Plan;
import io.syncbn.worker.checkpoint.Checkpoints;
import io.syncbn.worker.checkpoint.StateDigest;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.collective.CoordinatorClient;
import io.syncbn.worker.collective.JobFailedException;
import io.syncbn.worker.data.Dataset;
import io.syncbn.worker.data.Datasets;
import io.syncbn.worker.data.DecodedDataset;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.function.LongSupplier;

/** One worker from start to end: opens the data, makes or loads the model, joins, trains, and says that it is done. */
public final class WorkerProcess {
    private static final LongSupplier NANO_CLOCK = System::nanoTime;
    private static final Logger LOG = System.getLogger("io.syncbn.worker");

    private WorkerProcess() {}

    /**
     * Runs a worker to the end of the job.
     *
     * @throws RuntimeException with a message for the user, when the job cannot go on: {@link JobFailedException}, {@link
     *     TrainingException}, {@code DataException}, {@code CheckpointException}, {@code ModelException}
     */
    public static void run(WorkerConfig config) {
        Job job = config.job();
        StartTimes start = new StartTimes(config.startNanos(), NANO_CLOCK);
        start.done("process");
        try (DecodedDataset data = openData(job);
                WorkerMetrics metrics = WorkerMetrics.serve(config.name(), config.metricsPort())) {
            metrics.port().ifPresent(port -> LOG.log(Level.INFO, "metrics at http://localhost:" + port + "/metrics"));
            start.done("data");
            Replicas replicas = Replicas.open(job, data, config.resume());
            start.done("model");
            Address coordinator = config.coordinator().get();
            try (CoordinatorClient client = CoordinatorClient.connect(coordinator, config.patience())) {
                LOG.log(Level.INFO, "{0} joins at {1}", config.name(), coordinator);
                Plan plan = client.join(join(config, data, replicas));
                start.done("join");
                LOG.log(Level.INFO, "joined: {0}", describe(plan));
                try {
                    train(config, data, replicas, client, plan, metrics, start);
                } catch (JobFailedException e) {
                    throw e; // the others know
                } catch (RuntimeException | Error e) {
                    client.fail(String.valueOf(e.getMessage()));
                    throw e;
                }
            }
        }
    }

    /** Half of the heap may hold decoded rows; others are decoded at every read. */
    static DecodedDataset openData(Job job) {
        long cacheBytes = Runtime.getRuntime().maxMemory() / 2;
        return new DecodedDataset(Datasets.open(job.data(), job.imageSize()), cacheBytes);
    }

    private static void train(
            WorkerConfig config,
            DecodedDataset data,
            Replicas replicas,
            CoordinatorClient client,
            Plan plan,
            WorkerMetrics metrics,
            StartTimes start) {
        Job job = config.job();
        int groupSize = job.normalization().groupSize(job.shards());
        try (Collective collective = client.collective(plan, job.shards(), groupSize);
                LocalShards shards = LocalShards.open(
                        job, data, replicas, plan.getFirstShard(), plan.getShardCount(), collective, NANO_CLOCK)) {
            start.done("shards");
            Trainer.Plan schedule = Trainer.Plan.of(job, data, config.checkpointEvery(), config.evaluateEvery());
            TrainingState state = new TrainingState(job, replicas.initialState(), schedule);
            try (RunListener listener = plan.getFirstShard() == 0 ? runWriter(config, plan, start) : RunListener.NONE) {
                new Trainer(schedule, state, shards, listener, metrics, NANO_CLOCK).run();
                String digest = StateDigest.sha256(state.modelState());
                client.finish(state.step(), digest);
                listener.finished(state, schedule.epochsAfter(state.step()), digest);
            }
        }
    }

    private static RunWriter runWriter(WorkerConfig config, Plan plan, StartTimes start) {
        Job job = config.job();
        RunWriter.RunFacts facts = new RunWriter.RunFacts(
                plan.getWorkers(),
                job.shards(),
                job.batch(),
                job.settings().get("norm-group"),
                plan.getGeneration(),
                Fingerprint.of(job));
        Checkpoints checkpoints = new Checkpoints(config.out(), config.keep());
        return new RunWriter(job, config.out(), checkpoints, facts, start, NANO_CLOCK);
    }

    private static String describe(Plan plan) {
        int last = plan.getFirstShard() + plan.getShardCount() - 1;
        return "shards " + plan.getFirstShard() + " to " + last + ", as worker " + plan.getWorker() + " of "
                + plan.getWorkers() + ", generation " + plan.getGeneration();
    }

    private static Join join(WorkerConfig config, Dataset data, Replicas replicas) {
        return Join.newBuilder()
                .setProtocolVersion(Protocol.VERSION)
                .setFingerprint(Fingerprint.of(config.job()))
                .setDataDigest(data.digest())
                .setStateDigest(StateDigest.sha256(replicas.initialState()))
                .setStep(replicas.initialState().step())
                .setName(config.name())
                .setProcessId(ProcessHandle.current().pid())
                .setHost(hostName())
                .build();
    }

    /** For messages only; a machine that does not know its own name still trains. */
    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
