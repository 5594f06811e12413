package io.syncbn.worker.record;

import io.syncbn.worker.checkpoint.ModelState;
import io.syncbn.worker.nn.Replica;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * All listeners of a run: the checkpoint keeper, called directly, and the others, through their queues. Used by the
 * training thread.
 */
final class RunListeners implements CheckpointKeeper {
    private final CheckpointKeeper keeper;
    private final long tensorsEvery;
    private final List<RunListener> all = new ArrayList<>();

    /** @param tensorsEvery steps between copies of what normalization layers have; 0: none */
    RunListeners(CheckpointKeeper keeper, List<AsideListener> aside, long tensorsEvery) {
        this.keeper = keeper;
        this.tensorsEvery = tensorsEvery;
        all.add(keeper);
        all.addAll(aside);
    }

    /** The keeper comes first: if it throws, the job ends and no other listener is called. */
    private void tell(Consumer<RunListener> event) {
        all.forEach(event);
    }

    @Override
    public void begins(long step) {
        tell(listener -> listener.begins(step));
    }

    @Override
    public void steppedBefore(StepRecord step) {
        tell(listener -> listener.steppedBefore(step));
    }

    @Override
    public void stepped(StepRecord step) {
        tell(listener -> listener.stepped(step));
    }

    @Override
    public void evaluated(long step, double epoch, Evaluation evaluation) {
        tell(listener -> listener.evaluated(step, epoch, evaluation));
    }

    @Override
    public void changed(long step, Replica replica, float[] gradient, long examples) {
        if (tensorsEvery > 0 && step % tensorsEvery == 0) {
            NormTensors tensors = NormTensors.copy(replica, gradient, examples);
            tell(listener -> listener.normalization(step, tensors));
        }
    }

    @Override
    public void checkpoint(ModelState state, long epochsDone, Consumer<ModelState> further) {
        keeper.checkpoint(state, epochsDone, further);
    }

    @Override
    public void lastCheckpoint(ModelState state, long epochsDone) {
        keeper.lastCheckpoint(state, epochsDone);
    }

    @Override
    public void finished(RunResult result, RunFacts facts) {
        tell(listener -> listener.finished(result, facts));
    }

    @Override
    public void ended(RunEnd end) {
        tell(listener -> listener.ended(end));
    }

    @Override
    public void close() {
        tell(RunListener::close);
    }
}
