package io.syncbn.worker.train;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.JobParser;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.worker.checkpoint.Checkpoints;
import io.syncbn.worker.checkpoint.ModelState;
import io.syncbn.worker.checkpoint.Origin;
import io.syncbn.worker.checkpoint.StateDigest;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.collective.LocalCollective;
import io.syncbn.worker.data.ChannelStatistics;
import io.syncbn.worker.data.DataDescription;
import io.syncbn.worker.data.DecodedDataset;
import io.syncbn.worker.kernels.Arithmetic;
import io.syncbn.worker.record.CheckpointKeeper;
import io.syncbn.worker.record.CheckpointTimer;
import io.syncbn.worker.record.CheckpointWriter;
import io.syncbn.worker.record.Evaluation;
import io.syncbn.worker.record.Intervals;
import io.syncbn.worker.record.Recording;
import io.syncbn.worker.record.Reports;
import io.syncbn.worker.record.RunFacts;
import io.syncbn.worker.record.RunResult;
import io.syncbn.worker.record.RunTarget;
import io.syncbn.worker.record.RunWriter;
import io.syncbn.worker.record.StartTimes;
import io.syncbn.worker.record.StepRecord;
import io.syncbn.worker.record.WorkerMetrics;
import io.syncbn.worker.record.WriteAlarms;
import io.syncbn.worker.record.WriterTurn;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;

/** All shards of a job in this process: what a worker does, without a coordinator. */
final class LocalTraining {
    /** As if a probe had been computed. */
    static final Arithmetic ARITHMETIC = new Arithmetic("bits", "library 1.0", "all", "no vectors");

    private LocalTraining() {}

    /** @param settings of the job; three shards, unless they say otherwise */
    static Job job(Map<String, String> settings) {
        return JobParser.parse(settings, 3);
    }

    /** Trains to the end and returns the digest of model and optimizer. */
    static String run(Job job, Path out, Optional<Path> resume, long checkpointEvery) {
        return run(job, out, resume, checkpointEvery, step -> {});
    }

    /** @param afterStep told of each step before anything is written about it */
    static String run(Job job, Path out, Optional<Path> resume, long checkpointEvery, LongConsumer afterStep) {
        return run(job, out, resume, checkpointEvery, neverByTime(), afterStep, System.nanoTime());
    }

    /** @param timer by which checkpoints are due too */
    static String run(
            Job job,
            Path out,
            Optional<Path> resume,
            long checkpointEvery,
            CheckpointTimer timer,
            LongConsumer afterStep) {
        return run(job, out, resume, checkpointEvery, timer, afterStep, System.nanoTime());
    }

    /** @param startNanos when the command began */
    static String run(
            Job job,
            Path out,
            Optional<Path> resume,
            long checkpointEvery,
            CheckpointTimer timer,
            LongConsumer afterStep,
            long startNanos) {
        return run(job, out, resume, checkpointEvery, timer, afterStep, startNanos, LocalTraining::reports);
    }

    /** @param reportsOf those of so many normalization layers */
    static String run(
            Job job,
            Path out,
            Optional<Path> resume,
            long checkpointEvery,
            CheckpointTimer timer,
            LongConsumer afterStep,
            long startNanos,
            IntFunction<Reports> reportsOf) {
        try (DecodedDataset data = DecodedDataset.open(job)) {
            Replicas replicas =
                    Replicas.open(job, data, ARITHMETIC, resume.map(from -> new Resume(from, false, false)));
            Origin origin = new Origin(
                    job,
                    data.digest(),
                    replicas.definition().description(),
                    ARITHMETIC.digest(),
                    RunFacts.computedWith(ARITHMETIC, "test"),
                    DataDescription.of(data));
            Timetable plan = Timetable.of(job, data, new Intervals(checkpointEvery, Duration.ZERO, 0));
            TrainingState state = new TrainingState(job, replicas.initialState(), plan);
            StartTimes start = new StartTimes(startNanos, System::nanoTime);
            Checkpoints directory = new Checkpoints(out, 3);
            WriteAlarms alarms = new WriteAlarms(part -> {});
            Semaphore tried = new Semaphore(0);
            RunFacts facts = new RunFacts(1, 1, 0, origin);
            try (LocalCollective collective = new LocalCollective(job.batches().shards(), job.groupSize());
                    LocalShards shards = shards(job, data, replicas, collective);
                    WorkerMetrics metrics = WorkerMetrics.serve("local", Optional.empty());
                    CheckpointWriter checkpoints = new CheckpointWriter(
                            (copy, epochs) -> {
                                try {
                                    return directory.write(copy, epochs, origin);
                                } finally {
                                    tried.release();
                                }
                            },
                            alarms);
                    Recording recording = new Recording(
                            new WriterTurn(new RunTarget(out, 3, "local", true), "aa01", "nowhere:1"),
                            () -> new Told(
                                    new RunWriter(out, checkpoints, Runnable::run, alarms, start),
                                    step -> afterStep.accept(step.step()),
                                    tried::acquireUninterruptibly),
                            timer,
                            metrics,
                            start,
                            reportsOf.apply(shards.normalizationLayers()))) {
                recording.begin(state.step(), false);
                new Trainer(plan, state, shards, recording, System::nanoTime).run();
                String digest = StateDigest.sha256(state.modelState());
                recording.finished(new RunResult(state.step(), plan.epochsAfter(state.step()), digest), facts);
                return digest;
            }
        }
    }

    /** All shards of a job, ready for steps. */
    static LocalShards shards(Job job, DecodedDataset data, Replicas replicas, Collective collective) {
        LocalShards shards = new LocalShards(job, data, replicas, 1, System::nanoTime);
        shards.deal(List.of(new ShardRun(0, job.batches().shards())), collective);
        shards.normalizeBy(ChannelStatistics.of(shards.sumStatistics()));
        return shards;
    }

    /** That nobody takes. */
    static Reports reports(int layers) {
        return new Reports(Collections.nCopies(layers, "layer"), System::nanoTime, () -> 0);
    }

    /** Checkpoints at their steps only. */
    static CheckpointTimer neverByTime() {
        return new CheckpointTimer(Duration.ZERO, () -> 0);
    }

    /** What tells a listener of steps, and of nothing else. */
    static Recording telling(CheckpointKeeper listener, WorkerMetrics metrics, LocalShards shards) {
        WriterTurn turn = new WriterTurn(new RunTarget(Path.of("nowhere"), 3, "local", true), "aa01", "nowhere:1");
        Recording recording = new Recording(
                turn,
                () -> listener,
                neverByTime(),
                metrics,
                new StartTimes(0, System::nanoTime),
                reports(shards.normalizationLayers()));
        recording.begin(0, false);
        return recording;
    }

    /** Told of each step, and leaves nothing. */
    static CheckpointKeeper after(Consumer<StepRecord> step) {
        return new Told(CheckpointKeeper.NONE, step, () -> {});
    }

    /** Lets a test do something between steps; a step after a checkpoint begins when that is written, or has failed. */
    private record Told(CheckpointKeeper listener, Consumer<StepRecord> afterStep, Runnable untilWritten)
            implements CheckpointKeeper {
        @Override
        public void begins(long step) {
            listener.begins(step);
        }

        @Override
        public void steppedBefore(StepRecord step) {
            listener.steppedBefore(step);
        }

        @Override
        public void stepped(StepRecord step) {
            afterStep.accept(step);
            listener.stepped(step);
        }

        @Override
        public void evaluated(long step, double epoch, Evaluation evaluation) {
            listener.evaluated(step, epoch, evaluation);
        }

        @Override
        public void checkpoint(ModelState state, long epochsDone, Consumer<ModelState> further) {
            listener.checkpoint(state, epochsDone, further);
            untilWritten.run();
        }

        @Override
        public void lastCheckpoint(ModelState state, long epochsDone) {
            listener.lastCheckpoint(state, epochsDone);
        }

        @Override
        public void finished(RunResult result, RunFacts facts) {
            listener.finished(result, facts);
        }

        @Override
        public void close() {
            listener.close();
        }
    }
}
