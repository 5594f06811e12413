package io.syncbn.coordinator.membership;

import io.syncbn.proto.Protocol;
import io.syncbn.proto.v1.Align;
import io.syncbn.proto.v1.Finished;
import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.v1.Ready;
import io.syncbn.proto.v1.ToWorker;
import java.util.Optional;

/** A minimal worker that follows the protocol: its state is just its step. */
final class MadeUpWorker {
    final long connection;
    final Join join;
    long step;
    boolean knowsStatistics;
    Plan plan;
    boolean isRunning;
    boolean isLeaving;
    /** Whether it closed its connection, or was sent away. */
    boolean isGone;

    private boolean isReady;
    private boolean isStopped;
    /** Whether the checkpoint of a stop is its to keep. */
    private boolean keeps;

    private boolean isFinished;
    private boolean isSeeking;
    /** The step of the checkpoint that it can read. */
    long checkpoint;

    private Align align;

    MadeUpWorker(long connection, String name, long process, long step, boolean knowsStatistics) {
        this.connection = connection;
        this.step = step;
        this.knowsStatistics = knowsStatistics;
        join = Join.newBuilder()
                .setProtocolVersion(Protocol.VERSION)
                .setFingerprint("job")
                .setName(name)
                .setHost("host")
                .setProcessId(process)
                .setStep(step)
                .setStateDigest(digest())
                .build();
    }

    /** Makes steps that were committed its state. */
    void take(long committed) {
        knowsStatistics = knowsStatistics || committed > step;
        step = committed;
    }

    String digest() {
        return "state-" + step;
    }

    void receive(ToWorker message) {
        switch (message.getMessageCase()) {
            case PLAN -> {
                plan = message.getPlan();
                isSeeking = false;
                isReady = false;
                isRunning = false;
                isFinished = false;
                align = null;
            }
            case ALIGN -> {
                align = message.getAlign();
                boolean isThere = step == align.getStep() && knowsStatistics == align.getDataStatisticsCount() > 0;
                isReady = isReady && isThere;
            }
            case BEGIN -> isRunning = true;
            case HOLD -> {
                isRunning = false;
                plan = null;
            }
            case RESTORE -> isSeeking = true;
            case STOP -> {
                isRunning = false;
                isStopped = true;
                isFinished = false;
                keeps = message.getStop().getKeepsCheckpoint();
            }
            case EVICTED, ABORT -> {
                isRunning = false;
                isGone = true;
            }
            default -> isRunning = false;
        }
    }

    /** What it has to say next, if anything; {@code lastStep} is where the job ends. */
    Optional<Event> next(long lastStep) {
        if (isStopped && !isFinished || isRunning && !isFinished && step == lastStep) {
            isFinished = true;
            return Optional.of(new Event.WorkerFinished(
                    connection,
                    Finished.newBuilder()
                            .setGeneration(plan == null ? 0 : plan.getGeneration())
                            .setStep(step)
                            .setStateDigest(digest())
                            .build()));
        }
        if (isSeeking) {
            isSeeking = false;
            boolean isFurther = checkpoint > step;
            step = Math.max(step, checkpoint);
            return Optional.of(new Event.Restored(connection, step, isFurther));
        }
        if (isStopped || plan == null || isReady) {
            return Optional.empty();
        }
        isReady = true;
        if (align != null) {
            step = align.getStep();
            knowsStatistics = knowsStatistics || align.getDataStatisticsCount() > 0;
        }
        return Optional.of(new Event.BecameReady(connection, ready(plan.getGeneration())));
    }

    Ready ready(long generation) {
        Ready.Builder ready =
                Ready.newBuilder().setGeneration(generation).setStep(step).setStateDigest(digest());
        return (knowsStatistics ? ready.addDataStatistics(0.5) : ready).build();
    }

    /** Whether it is there, and was told to stop. */
    boolean isStopped() {
        return isStopped && !isGone;
    }

    boolean keeps() {
        return keeps;
    }

    boolean hasFinished() {
        return isFinished;
    }
}
