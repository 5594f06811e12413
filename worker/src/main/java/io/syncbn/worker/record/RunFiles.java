package io.syncbn.worker.record;

import io.syncbn.worker.checkpoint.Checkpoints;
import io.syncbn.worker.checkpoint.Origin;
import io.syncbn.worker.mlflow.MlflowServer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/** Writes a run's files. It outlives listeners: a write that one began may still be under way when the next is made. */
public final class RunFiles implements AutoCloseable {
    private static final Logger LOG = System.getLogger("io.syncbn.worker");

    /**
     * Further listeners to a run: each has a thread; listeners are made anew whenever this worker becomes the writer.
     */
    private static final List<Aside> ASIDE = List.of(
            new Aside(
                    "tensorboard",
                    target -> target.tracking().tensorBoard().isPresent(),
                    (target, origin) -> new TensorBoardListener(target, origin, System::currentTimeMillis)),
            new Aside(
                    "mlflow",
                    target -> target.tracking().mlflow().isPresent(),
                    (target, origin) ->
                            new MlflowListener(target, origin, System::currentTimeMillis, MlflowServer.PATIENCE)));

    private final RunTarget target;
    private final Origin origin;
    private final StartTimes start;
    private final WriteAlarms alarms;
    private final CheckpointWriter checkpoints;
    private final WritingThread metricsThread = new WritingThread("metrics");
    private final Map<Aside, WritingThread> aside = new LinkedHashMap<>();

    /**
     * A listener.
     *
     * @param name for the log, and of its thread
     * @param isWanted whether a run has it
     * @param maker makes it, in its thread
     */
    record Aside(String name, Predicate<RunTarget> isWanted, BiFunction<RunTarget, Origin, RunListener> maker) {}

    /** @param origin of the checkpoints */
    public RunFiles(RunTarget target, Origin origin, WorkerMetrics metrics, StartTimes start) {
        this(target, origin, metrics, start, ASIDE);
    }

    RunFiles(RunTarget target, Origin origin, WorkerMetrics metrics, StartTimes start, List<Aside> listeners) {
        this.target = target;
        this.origin = origin;
        this.start = start;
        alarms = new WriteAlarms(metrics::writeFailed);
        Checkpoints kept = new Checkpoints(target.directory(), target.keep());
        checkpoints = new CheckpointWriter((state, epochs) -> kept.write(state, epochs, origin), alarms);
        listeners.stream()
                .filter(listener -> listener.isWanted().test(target))
                .forEach(listener -> aside.put(listener, new WritingThread(listener.name())));
    }

    /** A listener for the steps that this worker writes from now on, until it is closed. */
    public CheckpointKeeper open() {
        return new RunListeners(
                new RunWriter(target.directory(), checkpoints, metricsThread, alarms, start),
                asides(),
                target.tracking().histogramsEvery());
    }

    List<AsideListener> asides() {
        return aside.entrySet().stream()
                .map(entry -> told(entry.getKey(), entry.getValue()))
                .toList();
    }

    private AsideListener told(Aside listener, WritingThread thread) {
        return new AsideListener(
                listener.name(),
                () -> listener.maker().apply(target, origin),
                thread,
                () -> alarms.count(WriteAlarms.Part.LISTENER));
    }

    @Override
    public void close() {
        aside.values().forEach(WritingThread::end);
        metricsThread.close();
        checkpoints.close();
        long deadline = WritingThread.deadline();
        aside.forEach((listener, thread) -> {
            if (!thread.closeBy(deadline)) {
                LOG.log(Level.WARNING, "listener {0} hangs; the run ends without it", listener.name());
            }
        });
    }
}
