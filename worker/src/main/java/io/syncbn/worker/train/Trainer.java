package io.syncbn.worker.train;

import io.syncbn.worker.checkpoint.ModelState;
import io.syncbn.worker.record.LayerWaits;
import io.syncbn.worker.record.Recording;
import io.syncbn.worker.record.StepRecord;
import io.syncbn.worker.record.StepSplit;
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

    private final Timetable timetable;
    private final TrainingState state;
    private final LocalShards shards;
    private final Recording recording;
    private final LongSupplier nanoClock;
    private final WaitClock gradientsWait;
    private final SummedGradient gradients;

    Trainer(Timetable timetable, TrainingState state, LocalShards shards, Recording recording, LongSupplier nanoClock) {
        this.timetable = timetable;
        this.state = state;
        this.shards = shards;
        this.recording = recording;
        this.nanoClock = nanoClock;
        this.gradientsWait = new WaitClock(nanoClock);
        this.gradients = new SummedGradient(state.modelState().replica().weights().length);
    }

    /**
     * Does what is due at the present step, and trains from there.
     *
     * @return whether all steps of the job are done; otherwise the generation has ended with a commit
     */
    boolean run() {
        doWhatIsDue();
        while (state.step() < timetable.steps()) {
            step(state.step() + 1);
            if (shards.endWith(state.step())) {
                return false; // the next generation does what is due
            }
            doWhatIsDue();
        }
        return true;
    }

    /** Leaves the state unchanged, and may be repeated. */
    private void doWhatIsDue() {
        ModelState present = state.modelState();
        if (timetable.isEvaluationDue(state.step())) {
            Evaluator.Found found = shards.evaluate(state.step());
            recording.evaluated(state.step(), timetable.epochsAfter(state.step()), found.evaluation());
            present = present.with(found.precise());
        }
        if (timetable.isLast(state.step())) {
            recording.lastCheckpoint(present, state.epochsDone());
        } else if (timetable.isCheckpointDue(state.step())) {
            recording.checkpoint(present, state.epochsDone());
        } else if (recording.isCheckpointDue()) {
            recording.timedCheckpoint(present, state.epochsDone());
        }
    }

    /** The sums define the step, whether this worker or a faster one computed its shards. */
    private void step(long step) {
        long start = nanoClock.getAsLong();
        List<ShardStep.Share> shares = shards.run(step);
        float[] gradient = gradients.of(chunk -> gradientsWait.await(shards.gradients(step, chunk, gradients.count())));
        double squaredNorm = shards.areIndependent() ? gradients.squaredNorm(gradient) : Double.NaN;
        long summed = nanoClock.getAsLong();
        CommitSum sums = CommitSum.unpack(
                shards.commit(step).await(), state.modelState().replica().statistics());
        long committed = nanoClock.getAsLong();
        Optional<String> fault = state.apply(sums, gradient);
        recording.changed(step, state.modelState().replica(), gradient, (long) sums.examples());
        shards.done(step);
        long end = nanoClock.getAsLong();
        fault.ifPresent(reason -> tellSkipped(step, reason, shares));
        StepRecord record = new StepRecord(
                step,
                timetable.epochsAfter(step),
                sums.meanLoss(),
                sums.accuracy(),
                state.learningRateOf(step),
                (long) sums.examples(),
                fault.isPresent(),
                shares.isEmpty() || !shares.stream().allMatch(ShardStep.Share::isWhole),
                fault.isPresent() ? null : sums.norms().noise(squaredNorm).orElse(null),
                StepSplit.ofNanos(
                        end - start,
                        mean(shares, ShardStep.Share::loadNanos),
                        mean(shares, share -> share.waits().total()),
                        gradientsWait.takeNanos(),
                        committed - summed,
                        end - committed));
        recording.stepped(
                record,
                LayerWaits.mean(shares.stream().map(ShardStep.Share::waits).toList(), shards.normalizationLayers()));
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
