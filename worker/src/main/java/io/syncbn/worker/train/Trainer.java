package io.syncbn.worker.train;

import io.syncbn.proto.job.Job;
import io.syncbn.worker.data.Dataset;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** The loop over steps of one generation: compute, commit, and now and then evaluate and keep a checkpoint. */
final class Trainer {
    private static final Logger LOG = System.getLogger("io.syncbn.worker");

    private final Plan plan;
    private final TrainingState state;
    private final LocalShards shards;
    private final RunListener listener;
    private final CheckpointTimer timer;
    private final WorkerMetrics metrics;
    private final StartTimes start;
    private final LongSupplier nanoClock;
    private final WaitClock gradientsWait;
    private final float[] gradient;
    private final GradientChunks chunks;
    private final RecentSteps recent;

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
            RunListener listener,
            CheckpointTimer timer,
            WorkerMetrics metrics,
            StartTimes start,
            RecentSteps recent,
            LongSupplier nanoClock) {
        this.plan = plan;
        this.state = state;
        this.shards = shards;
        this.listener = listener;
        this.timer = timer;
        this.metrics = metrics;
        this.start = start;
        this.recent = recent;
        this.nanoClock = nanoClock;
        this.gradientsWait = new WaitClock(nanoClock);
        this.gradient = new float[state.modelState().replica().weights().length];
        this.chunks = new GradientChunks(gradient.length);
    }

    /**
     * Does what is due where the state stands, and trains from there.
     *
     * @return whether all steps of the job are done; otherwise the generation has ended with a commit
     */
    boolean run() {
        doWhatIsDue();
        while (state.step() < plan.steps()) {
            StepRecord record = step(state.step() + 1);
            recent.add(record);
            start.stepped();
            metrics.stepped(record);
            listener.stepped(record);
            if (shards.endWith(state.step())) {
                return false; // what is due is the next generation's
            }
            doWhatIsDue();
        }
        return true;
    }

    /** Nothing that is done here changes the state, and to do it again changes nothing. */
    private void doWhatIsDue() {
        boolean isFirst = state.step() == 0;
        boolean isLast = state.step() == plan.steps();
        if (isLast || !isFirst && state.step() % plan.evaluateEvery() == 0) {
            evaluate();
        }
        if (isLast) {
            listener.lastCheckpoint(state);
        } else if (state.step() % plan.checkpointEvery() == 0) {
            listener.checkpoint(state);
            timer.restart();
        } else if (listener != RunListener.NONE && timer.isDue()) {
            // One that becomes the writer when another's checkpoint was due keeps it at once.
            listener.checkpoint(state);
            timer.restart();
        }
    }

    private void evaluate() {
        listener.evaluated(state.step(), plan.epochsAfter(state.step()), shards.evaluate(state.step()));
    }

    /** The sums are the step, whoever computed the shards here: this worker, or another one that was faster. */
    private StepRecord step(long step) {
        long start = nanoClock.getAsLong();
        List<ShardStep.Share> shares = shards.run(step);
        for (int chunk = 0; chunk < chunks.count(); chunk++) {
            chunks.paste(gradientsWait.await(shards.gradients(step, chunk, chunks.count())), chunk, gradient);
        }
        long summed = nanoClock.getAsLong();
        CommitSum sums = CommitSum.unpack(shards.commit(step).await());
        long committed = nanoClock.getAsLong();
        Optional<String> fault = state.apply(sums, gradient);
        shards.done(step);
        long end = nanoClock.getAsLong();
        fault.ifPresent(reason -> tellSkipped(step, reason, shares));
        return new StepRecord(
                step,
                plan.epochsAfter(step),
                sums.meanLoss(),
                sums.accuracy(),
                state.learningRateOf(step),
                (long) sums.examples(),
                fault.isPresent(),
                shares.isEmpty() || !shares.stream().allMatch(ShardStep.Share::isWhole),
                StepSplit.ofNanos(
                        end - start,
                        mean(shares, ShardStep.Share::loadNanos),
                        mean(shares, ShardStep.Share::momentsNanos),
                        gradientsWait.takeNanos(),
                        committed - summed,
                        end - committed));
    }

    private static void tellSkipped(long step, String reason, List<ShardStep.Share> shares) {
        String here =
                shares.stream().flatMap(shard -> shard.notFinite().stream()).collect(Collectors.joining("; "));
        LOG.log(Level.WARNING, "step " + step + " is left out: " + (here.isEmpty() ? reason : here));
    }

    private static double mean(List<ShardStep.Share> shares, ToLongFunction<ShardStep.Share> nanos) {
        return shares.stream().mapToLong(nanos).average().orElse(0);
    }
}
