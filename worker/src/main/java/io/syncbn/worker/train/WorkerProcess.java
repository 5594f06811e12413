package io.syncbn.worker.train;

import io.syncbn.proto.job.Fingerprint;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.net.Address;
import io.syncbn.worker.checkpoint.Origin;
import io.syncbn.worker.collective.JobFailedException;
import io.syncbn.worker.data.DataSummary;
import io.syncbn.worker.data.Datasets;
import io.syncbn.worker.data.DecodedDataset;
import io.syncbn.worker.kernels.Arithmetic;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.session.Identity;
import io.syncbn.worker.session.Introduction;
import io.syncbn.worker.session.Patience;
import io.syncbn.worker.session.SessionRunner;
import io.syncbn.worker.session.Sizes;
import io.syncbn.worker.session.WorkerEnd;
import io.syncbn.worker.session.WorkerFaultException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.function.LongSupplier;

/** One worker from start to end: opens the data, makes or loads the model, and takes part in the job until that ends. */
public final class WorkerProcess {
    private static final LongSupplier NANO_CLOCK = System::nanoTime;
    private static final Logger LOG = System.getLogger("io.syncbn.worker");

    private WorkerProcess() {}

    /**
     * Runs a worker to the end of the job.
     *
     * @throws RuntimeException with a message for the user, when the job cannot go on: {@link JobFailedException}, {@link
     *     TrainingException}, {@code DataException}, {@code CheckpointException}, {@code ModelException}; {@link
     *     WorkerFaultException}, when this worker alone cannot
     */
    public static WorkerEnd run(WorkerConfig config) {
        try {
            return runJob(config);
        } catch (RuntimeException | Error e) {
            throw Faults.toEndWith(e);
        }
    }

    private static WorkerEnd runJob(WorkerConfig config) {
        Job job = config.job();
        StartTimes start = new StartTimes(config.startNanos(), NANO_CLOCK);
        start.done("process");
        Arithmetic arithmetic = Arithmetic.of(job.instructionSet());
        start.done("arithmetic");
        try (DecodedDataset data = openData(job);
                WorkerMetrics metrics = WorkerMetrics.serve(config.name(), config.metrics())) {
            metrics.url().ifPresent(url -> LOG.log(Level.INFO, "metrics at " + url));
            DataSummary.lines(data).forEach(line -> LOG.log(Level.INFO, line));
            start.done("data");
            Map<String, String> computedWith = RunFacts.computedWith(arithmetic, config.release());
            LOG.log(Level.INFO, "computes with {0}; arithmetic {1}", inWords(computedWith), arithmetic.digest());
            Replicas replicas = Replicas.open(job, data, arithmetic, config.resume());
            GroupValues.check(job, LocalShards.batchPlan(job, data.train().size()), replicas.definition())
                    .ifPresent(warning -> LOG.log(Level.WARNING, warning));
            Origin origin = new Origin(
                    job, data.digest(), replicas.definition().description(), arithmetic.digest(), computedWith);
            start.done("model");
            Address coordinator = config.coordinator().get();
            try (Training training =
                            new Training(config, data, replicas, arithmetic, origin, metrics, start, NANO_CLOCK);
                    SessionRunner session = new SessionRunner(
                            introduction(config, origin, arithmetic, sizes(replicas)),
                            Patience.of(config.patience(), config.reconnect(), config.prepare()),
                            coordinator,
                            job.shards(),
                            job.normalization().groupSize(job.shards()),
                            NANO_CLOCK,
                            config.hung())) {
                config.leave().thenAccept(session::leave);
                LOG.log(Level.INFO, "{0} joins at {1}", config.name(), coordinator);
                WorkerEnd end = session.run(training);
                if (end == WorkerEnd.DONE) {
                    training.finished();
                }
                return end;
            }
        }
    }

    /** Half of the heap may hold decoded rows; others are decoded at every read. */
    static DecodedDataset openData(Job job) {
        long cacheBytes = Runtime.getRuntime().maxMemory() / 2;
        return new DecodedDataset(Datasets.open(job.data(), job.imageSize()), cacheBytes);
    }

    private static String inWords(Map<String, String> computedWith) {
        return computedWith.get(RunFacts.ARITHMETIC) + "; " + computedWith.get("java") + ", heap "
                + computedWith.get("heapMiB") + " MiB; syncbn " + computedWith.get("syncbn");
    }

    private static Introduction introduction(WorkerConfig config, Origin origin, Arithmetic arithmetic, Sizes sizes) {
        return new Introduction(
                Fingerprint.of(config.job()),
                new Identity(origin.dataDigest(), origin.model().digest(), arithmetic.digest(), arithmetic.toString()),
                config.name(),
                hostName(),
                ProcessHandle.current().pid(),
                sizes);
    }

    private static Sizes sizes(Replicas replicas) {
        Replica replica = replicas.initialState().replica();
        long gradientBytes = (long) replica.weights().length * Float.BYTES;
        return Sizes.of(
                gradientBytes,
                2 * gradientBytes + (long) replica.runningStatistics().length * Float.BYTES,
                Runtime.getRuntime().maxMemory());
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
