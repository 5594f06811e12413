package io.syncbn.worker.train;

import io.syncbn.proto.job.Job;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.data.Dataset;
import java.util.List;
import java.util.function.LongSupplier;

/** The loop over steps: compute, commit, and now and then evaluate and keep a checkpoint. */
final class Trainer {
    private static final double NANOS_PER_MILLI = 1e6;

    private final Plan plan;
    private final TrainingState state;
    private final LocalShards shards;
    private final Collective collective;
    private final RunListener listener;
    private final WorkerMetrics metrics;
    private final LongSupplier nanoClock;
    private final float[] gradient;
    private final GradientChunks chunks;

    /**
     * When things happen.
     *
     * @param steps of the whole job
     * @param stepsPerEpoch in a pass over the data
     * @param checkpointEvery steps; at least 1
     * @param evaluateEvery steps; at least 1
     */
    record Plan(long steps, long stepsPerEpoch, long checkpointEvery, long evaluateEvery) {
        static Plan of(Job job, Dataset data, long checkpointEvery, long evaluateEvery) {
            long stepsPerEpoch = LocalShards.batchPlan(job, data.train().size()).stepsPerEpoch();
            long steps = job.length().steps() > 0
                    ? job.length().steps()
                    : job.length().epochs() * stepsPerEpoch;
            return new Plan(
                    steps,
                    stepsPerEpoch,
                    checkpointEvery > 0 ? checkpointEvery : stepsPerEpoch,
                    evaluateEvery > 0 ? evaluateEvery : stepsPerEpoch);
        }

        double epochsAfter(long step) {
            return (double) step / stepsPerEpoch;
        }
    }

    Trainer(
            Plan plan,
            TrainingState state,
            LocalShards shards,
            Collective collective,
            RunListener listener,
            WorkerMetrics metrics,
            LongSupplier nanoClock) {
        this.plan = plan;
        this.state = state;
        this.shards = shards;
        this.collective = collective;
        this.listener = listener;
        this.metrics = metrics;
        this.nanoClock = nanoClock;
        this.gradient = new float[state.modelState().replica().weights().length];
        this.chunks = new GradientChunks(gradient.length);
    }

    /** Trains from where the state stands to the end of the job. The last step is always evaluated and kept. */
    void run() {
        listener.begins(state);
        if (state.step() == 0) {
            listener.checkpoint(state);
        }
        if (state.step() >= plan.steps()) {
            evaluate();
        }
        while (state.step() < plan.steps()) {
            StepRecord record = step(state.step() + 1);
            metrics.stepped(record);
            listener.stepped(record);
            boolean last = state.step() == plan.steps();
            if (last || state.step() % plan.evaluateEvery() == 0) {
                evaluate();
            }
            if (last || state.step() % plan.checkpointEvery() == 0) {
                listener.checkpoint(state);
            }
        }
    }

    private void evaluate() {
        listener.evaluated(state.step(), plan.epochsAfter(state.step()), shards.evaluate(state.step()));
    }

    private StepRecord step(long step) {
        long start = nanoClock.getAsLong();
        List<ShardStep.Offered> offered = shards.run(step);
        long computed = nanoClock.getAsLong();
        ShardStep.Offered any = offered.get(0);
        CommitSum sums = CommitSum.unpack(any.commit().await());
        for (int chunk = 0; chunk < chunks.count(); chunk++) {
            chunks.paste(any.gradients()[chunk].await(), chunk, gradient);
        }
        collective.awaitCommit(step);
        long committed = nanoClock.getAsLong();
        state.apply(sums, gradient);
        long end = nanoClock.getAsLong();
        double momentsWait = offered.stream()
                .mapToLong(ShardStep.Offered::waitedNanos)
                .average()
                .orElseThrow();
        return new StepRecord(
                step,
                plan.epochsAfter(step),
                sums.meanLoss(),
                sums.accuracy(),
                state.learningRateOf(step),
                (long) sums.examples(),
                (end - start) / NANOS_PER_MILLI,
                (momentsWait + (committed - computed)) / NANOS_PER_MILLI);
    }
}
