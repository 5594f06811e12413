package io.syncbn.worker.train;

import io.syncbn.proto.job.Fingerprint;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.v1.Align;
import io.syncbn.proto.v1.Plan;
import io.syncbn.worker.checkpoint.Checkpoint;
import io.syncbn.worker.checkpoint.CheckpointException;
import io.syncbn.worker.checkpoint.Checkpoints;
import io.syncbn.worker.checkpoint.ModelState;
import io.syncbn.worker.checkpoint.Origin;
import io.syncbn.worker.checkpoint.StateDigest;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.data.ChannelStatistics;
import io.syncbn.worker.data.DecodedDataset;
import io.syncbn.worker.kernels.Arithmetic;
import io.syncbn.worker.session.Fault;
import io.syncbn.worker.session.Position;
import io.syncbn.worker.session.Trainee;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * A worker's replica through all generations of a job: what stays when shards change hands, and what is made anew. Belongs
 * to the training thread.
 */
final class Training implements Trainee, AutoCloseable {
    private static final Logger LOG = System.getLogger("io.syncbn.worker");

    private final WorkerConfig config;
    private final Job job;
    private final Origin origin;
    private final LongFunction<Checkpoint> newestUpTo;
    private final Function<Checkpoint, ModelState> stateOf;
    private final TrainingState state;
    private final LocalShards shards;
    private final Trainer.Plan schedule;
    private final WorkerMetrics metrics;
    private final StartTimes start;
    private final WriteAlarms alarms;
    /** Outlives listeners: what one of them began may still be under way when the next one comes. */
    private final CheckpointWriter checkpoints;

    private final CheckpointTimer timer;
    private final WritingThread metricsThread = new WritingThread("metrics");
    private final WriterTurn turn;
    private final long firstStep;
    private final LongSupplier nanoClock;

    /** Sums by which data is normalized, as of {@link LocalShards#sumStatistics}; null before they are known. */
    private double[] dataStatistics;

    private final RecentSteps recent = new RecentSteps();

    private Plan plan;
    /** {@link RunListener#NONE} unless this worker's own run has shard 0. */
    private RunListener listener = RunListener.NONE;

    Training(
            WorkerConfig config,
            DecodedDataset data,
            Replicas replicas,
            Arithmetic arithmetic,
            Origin origin,
            WorkerMetrics metrics,
            StartTimes start,
            LongSupplier nanoClock) {
        this.config = config;
        this.job = config.job();
        this.origin = origin;
        this.metrics = metrics;
        this.start = start;
        this.nanoClock = nanoClock;
        Resume resume =
                config.resume().map(given -> given.of(config.out())).orElse(new Resume(config.out(), false, false));
        newestUpTo = step -> Replicas.newest(job, config.out(), step);
        stateOf = checkpoint -> replicas.stateOf(checkpoint, data, arithmetic, resume);
        schedule = Trainer.Plan.of(job, data, config.checkpointEvery(), config.evaluateEvery());
        state = new TrainingState(job, replicas.initialState(), schedule);
        firstStep = state.step();
        turn = new WriterTurn(
                config.out(),
                config.name(),
                Fingerprint.of(job),
                config.coordinator().get().toString(),
                !config.isRunHeld());
        shards = new LocalShards(job, data, replicas, nanoClock);
        timer = new CheckpointTimer(config.checkpointTime(), nanoClock);
        alarms = new WriteAlarms(metrics::writeFailed);
        Checkpoints directory = new Checkpoints(config.out(), config.keep());
        checkpoints = new CheckpointWriter((state, epochs) -> directory.write(state, epochs, origin), alarms);
    }

    @Override
    public Position position() {
        List<Double> statistics = dataStatistics == null
                ? List.of()
                : Arrays.stream(dataStatistics).boxed().toList();
        return new Position(
                state.step(),
                StateDigest.sha256(state.modelState()),
                state.batchesTracked(),
                statistics,
                state.leftOutInARow());
    }

    /** Another worker may write the run meanwhile; but not when all steps are done, as the result has yet to be written. */
    @Override
    public void rest() {
        if (state.step() < schedule.steps()) {
            closeListener();
        }
    }

    /**
     * Whoever finds no checkpoint stands where it stood. One that finds the job's, and is not of its origin, must not go on
     * with the job in any way.
     */
    @Override
    public void restore() {
        closeListener();
        Optional<ModelState> newest = newestCheckpoint().map(stateOf);
        if (newest.isPresent() && newest.get().step() > state.step()) {
            state.restore(newest.get());
            LOG.log(Level.INFO, "goes on from the checkpoint of step " + state.step() + " in " + config.out());
        }
    }

    /** A disk that cannot be read says nothing of what is on it: that is this worker's fault, and another may read it. */
    private Optional<Checkpoint> newestCheckpoint() {
        try {
            return Optional.of(newestUpTo.apply(lastStepTold()));
        } catch (CheckpointException | TrainingException e) {
            if (e.getCause() instanceof IOException) {
                throw e;
            }
            LOG.log(Level.WARNING, "finds no checkpoint to go back to: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Lines of steps that are there would be missing for ever if the job went on behind them. */
    private long lastStepTold() {
        Path metrics = config.out().resolve("metrics.jsonl");
        try {
            return RunHistory.of(RunHistory.texts(metrics)).lastStep();
        } catch (NoSuchFileException e) {
            return Long.MAX_VALUE;
        } catch (IOException e) {
            throw new TrainingException("cannot read " + metrics + ": " + e, e);
        }
    }

    @Override
    public void prepare(Plan next, Collective collective) {
        start.done("join");
        if (next.getFirstShard() != 0) {
            closeListener();
        }
        plan = next;
        metrics.generation(next.getGeneration());
        shards.deal(ShardRun.of(next), collective);
        start.done("shards");
    }

    @Override
    public float[] state() {
        return state.flat();
    }

    @Override
    public void takeState(Align align, float[] flat) {
        state.takeOver(flat, align.getBatchesTracked(), align.getStep(), align.getLeftOutInARow());
        dataStatistics = align.getDataStatisticsCount() == 0
                ? null
                : align.getDataStatisticsList().stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray();
        String digest = StateDigest.sha256(state.modelState());
        if (!digest.equals(align.getStateDigest())) {
            throw new IllegalStateException("the state that was taken over after step " + align.getStep() + " is "
                    + digest + ", expected " + align.getStateDigest());
        }
    }

    @Override
    public boolean train() {
        if (dataStatistics == null) {
            dataStatistics = shards.sumStatistics();
        }
        shards.normalizeBy(ChannelStatistics.of(dataStatistics));
        openListener();
        return new Trainer(schedule, state, shards, listener, timer, metrics, start, recent, nanoClock).run();
    }

    @Override
    public void keepCheckpoint() {
        openListener();
        listener.lastCheckpoint(state);
    }

    @Override
    public Fault faultOf(Throwable thrown) {
        return Faults.of(thrown);
    }

    /** The job is done, and all workers agree on the result. */
    void finished() {
        if (plan == null) {
            return; // a spare, which the job did not need
        }
        RunFacts facts = new RunFacts(plan.getWorkers(), plan.getGeneration(), plan.getRestores(), origin);
        listener.finished(state, schedule.epochsAfter(state.step()), StateDigest.sha256(state.modelState()), facts);
    }

    private void openListener() {
        if (plan != null && plan.getFirstShard() == 0 && listener == RunListener.NONE) {
            turn.begin(state.step() > firstStep);
            listener = new RunWriter(config.out(), checkpoints, metricsThread, alarms, start);
            listener.begins(state);
            recent.upTo(state.step()).forEach(listener::steppedBefore);
        }
    }

    private void closeListener() {
        listener.close();
        listener = RunListener.NONE;
        turn.close();
    }

    @Override
    public void close() {
        closeListener();
        metricsThread.close();
        checkpoints.close();
        shards.close();
    }
}
