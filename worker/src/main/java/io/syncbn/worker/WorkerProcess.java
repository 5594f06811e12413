package io.syncbn.worker;

import io.syncbn.proto.job.Fingerprint;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.OwnHost;
import io.syncbn.worker.checkpoint.ModelState;
import io.syncbn.worker.checkpoint.Origin;
import io.syncbn.worker.collective.JobFailedException;
import io.syncbn.worker.data.BatchPlan;
import io.syncbn.worker.data.DataSummary;
import io.syncbn.worker.data.DecodedDataset;
import io.syncbn.worker.kernels.Arithmetic;
import io.syncbn.worker.record.CheckpointTimer;
import io.syncbn.worker.record.Recording;
import io.syncbn.worker.record.Reports;
import io.syncbn.worker.record.RunEnd;
import io.syncbn.worker.record.RunFacts;
import io.syncbn.worker.record.RunFiles;
import io.syncbn.worker.record.StartTimes;
import io.syncbn.worker.record.WorkerMetrics;
import io.syncbn.worker.record.WriterTurn;
import io.syncbn.worker.session.Identity;
import io.syncbn.worker.session.JoinRequest;
import io.syncbn.worker.session.Sizes;
import io.syncbn.worker.session.WorkerEnd;
import io.syncbn.worker.session.WorkerFaultException;
import io.syncbn.worker.session.client.SessionRunner;
import io.syncbn.worker.train.Faults;
import io.syncbn.worker.train.GroupValues;
import io.syncbn.worker.train.Replicas;
import io.syncbn.worker.train.Setup;
import io.syncbn.worker.train.Training;
import io.syncbn.worker.train.TrainingException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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
     *     TrainingException}, {@code RecordException}, {@code DataException}, {@code CheckpointException}, {@code ModelException}; {@link
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
        String name = config.run().worker();
        StartTimes start = new StartTimes(config.host().startNanos(), NANO_CLOCK);
        start.done("process");
        Arithmetic arithmetic = Arithmetic.of(job.determinism());
        start.done("arithmetic");
        try (DecodedDataset data = DecodedDataset.open(job);
                WorkerMetrics metrics = WorkerMetrics.serve(name, config.host().metrics())) {
            metrics.url().ifPresent(url -> LOG.log(Level.INFO, "metrics at " + url));
            DataSummary.lines(data).forEach(line -> LOG.log(Level.INFO, line));
            start.done("data");
            Map<String, String> computedWith =
                    RunFacts.computedWith(arithmetic, config.host().release());
            LOG.log(Level.INFO, "computes with {0}; arithmetic {1}", inWords(computedWith), arithmetic.digest());
            Replicas replicas = Replicas.open(job, data, arithmetic, config.resume());
            GroupValues.check(job, BatchPlan.of(job, data.train().size()), replicas.definition())
                    .ifPresent(warning -> LOG.log(Level.WARNING, warning));
            start.done("model");
            return train(
                    config,
                    new Setup(
                            job,
                            data,
                            arithmetic,
                            replicas,
                            computedWith,
                            config.host().threads()),
                    metrics,
                    start);
        }
    }

    private static WorkerEnd train(WorkerConfig config, Setup setup, WorkerMetrics metrics, StartTimes start) {
        Job job = setup.job();
        Address coordinator = config.coordination().coordinator().get();
        WriterTurn turn = new WriterTurn(config.run(), Fingerprint.of(job), coordinator.toString());
        CheckpointTimer timer = new CheckpointTimer(config.intervals().checkpointTime(), NANO_CLOCK);
        Reports reports =
                new Reports(setup.replicas().definition().normalizationLayers(), NANO_CLOCK, metrics::failedWrites);
        try (RunFiles files = new RunFiles(config.run(), setup.origin(), metrics, start);
                Recording recording = new Recording(turn, files::open, timer, metrics, start, reports);
                Training training = new Training(
                        setup, config.run().directory(), config.resume(), config.intervals(), recording, NANO_CLOCK);
                SessionRunner session = session(config, setup, coordinator, reports)) {
            config.host().leave().thenAccept(session::leave);
            LOG.log(Level.INFO, "{0} joins at {1}", config.run().worker(), coordinator);
            return run(session, training, recording);
        }
    }

    /** Tells of every end, unless other workers go on. */
    private static WorkerEnd run(SessionRunner session, Training training, Recording recording) {
        try {
            WorkerEnd end = session.run(training);
            if (end == WorkerEnd.DONE) {
                training.finished();
            } else if (end == WorkerEnd.STOPPED) {
                recording.ended(RunEnd.STOPPED);
            }
            return end;
        } catch (WorkerFaultException e) {
            throw e;
        } catch (RuntimeException e) {
            recording.ended(RunEnd.FAILED);
            throw e;
        }
    }

    private static SessionRunner session(WorkerConfig config, Setup setup, Address coordinator, Reports reports) {
        Job job = setup.job();
        return new SessionRunner(
                introduction(config, setup),
                config.coordination().timeouts(),
                coordinator,
                job.batches().shards(),
                job.groupSize(),
                NANO_CLOCK,
                reports::take,
                config.host().hung());
    }

    private static String inWords(Map<String, String> computedWith) {
        return computedWith.get(RunFacts.ARITHMETIC) + "; " + computedWith.get("java") + ", heap "
                + computedWith.get("heapMiB") + " MiB; syncbn " + computedWith.get("syncbn");
    }

    private static JoinRequest introduction(WorkerConfig config, Setup setup) {
        Origin origin = setup.origin();
        Arithmetic arithmetic = setup.arithmetic();
        return new JoinRequest(
                Fingerprint.of(setup.job()),
                new Identity(origin.dataDigest(), origin.model().digest(), arithmetic.digest(), arithmetic.toString()),
                config.run().worker(),
                OwnHost.name().orElse("unknown"),
                ProcessHandle.current().pid(),
                sizes(setup.replicas()));
    }

    private static Sizes sizes(Replicas replicas) {
        ModelState state = replicas.initialState();
        return Sizes.of(
                (long) state.replica().weights().length * Float.BYTES,
                (long) state.flatSize() * Float.BYTES,
                Runtime.getRuntime().maxMemory());
    }
}
