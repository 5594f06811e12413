package io.syncbn.worker.train;

import io.syncbn.proto.job.Job;
import io.syncbn.worker.checkpoint.ModelState;
import io.syncbn.worker.kernels.ChannelKernels;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.nn.RunningStatistics;
import io.syncbn.worker.optim.LearningRate;
import io.syncbn.worker.optim.Sgd;

/**
 * The model and everything that changes with it, and the one place where they change: weights, optimizer state and
 * running statistics together, by a committed step. Not thread-safe: used between steps, when no shard computes.
 */
final class TrainingState {
    private final Job job;
    private final Replica replica;
    private final Sgd optimizer;
    private final Trainer.Plan plan;
    private final ChannelKernels kernels = ChannelKernels.fastest();
    private long batchesTracked;
    private long step;

    TrainingState(Job job, ModelState from, Trainer.Plan plan) {
        this.job = job;
        this.plan = plan;
        this.replica = from.replica();
        this.optimizer = new Sgd(job.optimization(), replica.parameters(), from.momentum());
        this.batchesTracked = from.batchesTracked();
        this.step = from.step();
    }

    /** Steps done. */
    long step() {
        return step;
    }

    /** Whole passes over the data. */
    long epochsDone() {
        return step / plan.stepsPerEpoch();
    }

    double learningRateOf(long ofStep) {
        return LearningRate.at(
                job.optimization(), ofStep, plan.stepsPerEpoch(), plan.steps(), (long) job.shards() * job.batch());
    }

    /**
     * Makes a committed step's sums the model.
     *
     * @param sums over the global batch
     * @param gradient sum over its examples, flat
     * @throws TrainingException if the gradient is not finite; nothing has changed then
     */
    void apply(CommitSum sums, float[] gradient) {
        long next = step + 1;
        requireFinite(gradient, next);
        optimizer.step(replica.weights(), gradient, (long) sums.examples(), learningRateOf(next));
        if (sums.groups() > 0) {
            batchesTracked++;
            float[] running = replica.runningStatistics();
            float[] updated = RunningStatistics.update(
                    running, sums.meanStatistics(), job.normalization().momentum(), batchesTracked);
            System.arraycopy(updated, 0, running, 0, running.length);
        }
        step = next;
    }

    /** A view of the present state, not a copy. */
    ModelState modelState() {
        return new ModelState(replica, batchesTracked, optimizer.momentumBuffer(), step);
    }

    private void requireFinite(float[] gradient, long atStep) {
        if (kernels.allFinite(gradient, gradient.length)) {
            return;
        }
        for (int i = 0; i < gradient.length; i++) {
            if (!Float.isFinite(gradient[i])) {
                throw new TrainingException("step " + atStep + ": the gradient is not finite (element " + i + " is "
                        + gradient[i] + "); a lower --lr, a --warmup or --clip-norm may help");
            }
        }
    }
}
