package io.syncbn.worker.train;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.v1.Align;
import io.syncbn.proto.v1.Plan;
import io.syncbn.worker.checkpoint.Checkpoint;
import io.syncbn.worker.checkpoint.CheckpointException;
import io.syncbn.worker.checkpoint.ModelState;
import io.syncbn.worker.checkpoint.Origin;
import io.syncbn.worker.checkpoint.StateDigest;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.data.ChannelStatistics;
import io.syncbn.worker.record.Intervals;
import io.syncbn.worker.record.Recording;
import io.syncbn.worker.record.RunFacts;
import io.syncbn.worker.record.RunHistory;
import io.syncbn.worker.record.RunResult;
import io.syncbn.worker.session.Fault;
import io.syncbn.worker.session.Position;
import io.syncbn.worker.session.client.ControlledReplica;
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
 * A worker's replica across all generations of a job: what persists when shards change hands, and what is made anew.
 * Belongs to the training thread.
 */
public final class Training implements ControlledReplica, AutoCloseable {
    private static final Logger LOG = System.getLogger("io.syncbn.worker");

    private final Path run;
    private final Job job;
    private final Origin origin;
    private final LongFunction<Checkpoint> newestUpTo;
    private final Function<Checkpoint, ModelState> stateOf;
    private final TrainingState state;
    private final LocalShards shards;
    private final Timetable timetable;
    private final Recording recording;
    private final long firstStep;
    private final LongSupplier nanoClock;

    /** Sums by which data is normalized, as of {@link LocalShards#sumStatistics}; null before they are known. */
    private double[] dataStatistics;

    private Plan plan;

    /**
     * Begins with the setup's state.
     *
     * @param run directory of the run
     * @param resume what a checkpoint that the job goes back to may differ in
     */
    public Training(
            Setup setup,
            Path run,
            Optional<Resume> resume,
            Intervals intervals,
            Recording recording,
            LongSupplier nanoClock) {
        this.run = run;
        this.job = setup.job();
        this.origin = setup.origin();
        this.recording = recording;
        this.nanoClock = nanoClock;
        Resume back = resume.map(given -> given.of(run)).orElse(new Resume(run, false, false));
        newestUpTo = step -> Replicas.newest(job, run, step);
        stateOf = checkpoint -> setup.replicas().stateOf(checkpoint, setup.data(), setup.arithmetic(), back);
        timetable = Timetable.of(job, setup.data(), intervals);
        state = new TrainingState(job, setup.replicas().initialState(), timetable);
        firstStep = state.step();
        shards = new LocalShards(job, setup.data(), setup.replicas(), setup.threads(), nanoClock);
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

    /**
     * Lets another worker write the run meanwhile, unless all steps are done: then the result has yet to be written.
     */
    @Override
    public void rest() {
        if (state.step() < timetable.steps()) {
            recording.end();
        }
    }

    /**
     * Leaves the state as it is if there is no later checkpoint. Throws if the checkpoint comes from another model,
     * other data or other arithmetic: then this worker must not go on with the job.
     */
    @Override
    public void restore() {
        recording.end();
        Optional<ModelState> newest = newestCheckpoint().map(stateOf);
        if (newest.isPresent() && newest.get().step() > state.step()) {
            state.restore(newest.get());
            LOG.log(Level.INFO, "goes on from the checkpoint of step " + state.step() + " in " + run);
        }
    }

    /** Throws if the disk cannot be read: that is a fault of this worker alone, and another may read it. */
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

    /**
     * The last step in metrics.jsonl: if the job went on from a later checkpoint, the lines between would be missing
     * for ever.
     */
    private long lastStepTold() {
        Path metrics = run.resolve("metrics.jsonl");
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
        recording.started("join");
        if (next.getFirstShard() != 0) {
            recording.handOver();
        }
        plan = next;
        recording.generation(next.getGeneration());
        shards.deal(ShardRun.of(next), collective);
        recording.started("shards");
    }

    @Override
    public float[] state() {
        return state.flat();
    }

    @Override
    public void takeState(Align align, float[] flat) {
        state.takeOver(flat, align.getBatchesTracked(), align.getStep(), align.getLeftOutInARow());
        know(
                align.getDataStatisticsCount() == 0
                        ? null
                        : align.getDataStatisticsList().stream()
                                .mapToDouble(Double::doubleValue)
                                .toArray());
        String digest = StateDigest.sha256(state.modelState());
        if (!digest.equals(align.getStateDigest())) {
            throw new IllegalStateException("the state that was taken over after step " + align.getStep() + " is "
                    + digest + ", expected " + align.getStateDigest());
        }
    }

    /** @param statistics of the data, if they are known: checkpoints keep them */
    private void know(double[] statistics) {
        dataStatistics = statistics;
        if (statistics != null) {
            state.normalizedBy(ChannelStatistics.of(statistics));
        }
    }

    @Override
    public boolean train() {
        if (dataStatistics == null) {
            know(shards.sumStatistics());
        }
        shards.normalizeBy(ChannelStatistics.of(dataStatistics));
        if (isWriter()) {
            record();
        }
        return new Trainer(timetable, state, shards, recording, nanoClock).run();
    }

    @Override
    public void keepCheckpoint(boolean isChosen) {
        if (isChosen || isWriter()) {
            record();
        }
        recording.lastCheckpoint(state.modelState(), state.epochsDone());
    }

    @Override
    public Fault faultOf(Throwable thrown) {
        return Faults.of(thrown);
    }

    /** The job is done, and all workers agree on the result. */
    public void finished() {
        if (plan == null) {
            return; // a spare, which the job did not need
        }
        RunFacts facts = new RunFacts(plan.getWorkers(), plan.getGeneration(), plan.getRestores(), origin);
        long step = state.step();
        recording.finished(
                new RunResult(step, timetable.epochsAfter(step), StateDigest.sha256(state.modelState())), facts);
    }

    /** The worker that has shard 0 of its own writes the run. */
    private boolean isWriter() {
        return plan != null && plan.getFirstShard() == 0;
    }

    private void record() {
        recording.begin(state.step(), state.step() > firstStep);
    }

    @Override
    public void close() {
        recording.end();
        shards.close();
    }
}
