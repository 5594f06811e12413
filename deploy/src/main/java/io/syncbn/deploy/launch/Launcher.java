package io.syncbn.deploy.launch;

import io.syncbn.deploy.launch.Cause.End;
import io.syncbn.deploy.settings.Range;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Runs one job as processes of this machine, and restarts those that are killed. {@link #run} belongs to one thread;
 * {@link #stop} and {@link #interrupt} may be called from any.
 */
public final class Launcher {
    /** Between looks for the coordinator's address: workers wait for it. */
    private static final Duration LISTEN_POLL = Duration.ofMillis(10);

    private final RunDirectory directory;
    private final ChildCommands commands;
    private final Range workers;
    private final Restarts restarts;
    private final RepeatedFault sameFault = new RepeatedFault();
    private final LaunchTimeouts timeouts;
    private final Watcher watcher;
    private final LongSupplier nowMillis;
    private final Processes processes;
    private final FailureText text;

    /** Final ends: the process is not restarted, and the job does not go on without it. */
    private final List<End> ends = new ArrayList<>();

    /** Ends of workers that were no fault of the job, the latest first. */
    private final Deque<End> losses = new ArrayDeque<>();

    private boolean isStopTold;
    private volatile boolean isStopAsked;
    private volatile boolean isInterrupted;

    /**
     * A launcher of one job.
     *
     * @param workers the most are started; with fewer than the least, the job cannot go on
     * @param restarts how often killed processes are started again
     */
    public Launcher(
            RunDirectory directory,
            ChildCommands commands,
            Range workers,
            int restarts,
            LaunchTimeouts timeouts,
            Watcher watcher,
            LongSupplier nowMillis) {
        this.directory = directory;
        this.commands = commands;
        this.workers = workers;
        this.restarts = new Restarts(restarts, timeouts.backoff());
        this.timeouts = timeouts;
        this.watcher = watcher;
        this.nowMillis = nowMillis;
        this.processes = new Processes(directory, commands, watcher);
        this.text = new FailureText(directory, processes);
    }

    /** Asks the job to stop at its next commit, with a checkpoint; {@link #run} returns when it has. */
    public void stop() {
        isStopAsked = true;
    }

    /** Asks for the end of all processes; {@link #run} returns soon after. */
    public void interrupt() {
        isInterrupted = true;
    }

    /** Runs the job to its end. When this returns or throws, no child is alive. */
    public Ending run() throws InterruptedException {
        try {
            processes.startCoordinator();
            for (int i = 0; i < workers.most(); i++) {
                processes.startWorker("worker-" + i);
            }
            Ending ending = watch();
            watcher.tick(processes);
            return ending;
        } finally {
            processes.endAll(timeouts.terminate());
        }
    }

    private Ending watch() throws InterruptedException {
        long listenUntilMillis = nowMillis.getAsLong() + timeouts.listen().toMillis();
        while (!isInterrupted) {
            boolean isListening = processes.lookForAddress();
            processes.noteTargets();
            tellStop();
            if (ends.stream().anyMatch(End::isFailure)) {
                return failure();
            }
            boolean isOver = ends.stream().anyMatch(End::isCoordinator);
            if (!isListening && !isStopAsked && (isOver || nowMillis.getAsLong() > listenUntilMillis)) {
                return new Ending.Failed(text.ofNoAddress(), ends.stream().anyMatch(End::isBadInput));
            }
            if (isOver) {
                return afterCoordinator();
            }
            processes.startDue(nowMillis.getAsLong());
            nextEnd(isListening ? timeouts.tick() : LISTEN_POLL).ifPresent(this::takeEnd);
            watcher.tick(processes);
        }
        return new Ending.Interrupted();
    }

    private void tellStop() {
        if (isStopAsked && !isStopTold) {
            isStopTold = true;
            watcher.say("stopping at the next commit; once more to stop at once");
            processes.tellCoordinatorToStop();
        }
    }

    private Optional<End> nextEnd(Duration limit) throws InterruptedException {
        return processes
                .nextEnd(limit)
                .map(child -> new End(
                        child.name(), child.name().equals(ProcessTable.COORDINATOR), child.exitCode(), ends.size()));
    }

    /** Notes the end of a process, and starts it again if it was killed. */
    private void takeEnd(End end) {
        if (!end.isOfProcessAlone()) {
            ends.add(end);
        } else if (end.isCoordinator()) {
            coordinatorKilled(end);
        } else {
            workerLost(end);
        }
    }

    private void coordinatorKilled(End end) {
        if (!restarts.isLeft()) {
            ends.add(end);
            return;
        }
        restarts.ofCoordinator();
        watcher.say(end.inWords() + "; starting it again (" + restarts.inWords() + ")");
        processes.startCoordinator();
        isStopTold = false;
    }

    private void workerLost(End end) {
        losses.addFirst(end);
        String what = text.of(end);
        if (isStopAsked) {
            watcher.say(what);
        } else if (!end.isKilled() && sameFault.isHopeless(text.reason(end), recordedBytes())) {
            ends.add(end);
        } else if (restarts.isLeft()) {
            long waitMillis = restarts.ofWorker(end.name()).toMillis();
            processes.startLater(end.name(), nowMillis.getAsLong() + waitMillis);
            watcher.say(what + "; starting it again (" + restarts.inWords() + ")");
        } else if (processes.workers().size() + processes.due() >= workers.least()) {
            watcher.say(what + "; the job goes on without it");
        } else {
            ends.add(end);
        }
    }

    /** Grows with every step. */
    private long recordedBytes() {
        return directory.path().resolve("metrics.jsonl").toFile().length();
    }

    /** The coordinator has ended well: the job is done, or was stopped. Workers end too. */
    private Ending afterCoordinator() throws InterruptedException {
        boolean isStopped = ends.stream()
                .filter(End::isCoordinator)
                .findFirst()
                .orElseThrow()
                .isAsked();
        int lossesBefore = losses.size();
        long endedMillis = nowMillis.getAsLong();
        while (processes.hasMoreEnds()
                && nowMillis.getAsLong() - endedMillis < untilLast(isStopped).toMillis()
                && !isInterrupted) {
            nextEnd(timeouts.tick()).ifPresent(this::noteLast);
            watcher.tick(processes);
        }
        if (ends.stream().anyMatch(End::isFailure)) {
            return failure();
        }
        if (isStopped || isInterrupted && !hasResult()) {
            return new Ending.Interrupted();
        }
        return hasResult() ? new Ending.Done() : withoutResult(losses.size() > lossesBefore);
    }

    /** A stopped job's files are written before its coordinator ends; the result of a job that is done may not be. */
    private Duration untilLast(boolean isStopped) {
        if (isStopped) {
            return timeouts.afterFailure().settle();
        }
        Duration leave = timeouts.afterEnd().leave();
        Duration result = timeouts.afterEnd().result();
        return hasResult() || leave.compareTo(result) > 0 ? leave : result;
    }

    private void noteLast(End end) {
        if (end.isOfProcessAlone()) {
            losses.addFirst(end);
        } else {
            ends.add(end);
        }
    }

    private boolean hasResult() {
        return !commands.leaveResult() || Files.exists(directory.result());
    }

    /**
     * Blames a worker that was lost since the coordinator ended, else one that still runs, else the last one lost
     * before.
     */
    private Ending withoutResult(boolean isLostSince) {
        Optional<End> lost = Optional.ofNullable(losses.peekFirst())
                .filter(end -> isLostSince || processes.workers().isEmpty());
        return new Ending.Failed(text.ofNoResult(lost), false);
    }

    /** Waits a little: the cause may show after its consequence, and workers that were told may still be writing. */
    private Ending failure() throws InterruptedException {
        End cause = cause();
        Duration waited = Duration.ZERO;
        while (waited.compareTo(untilSettled(cause)) < 0 && !isInterrupted) {
            nextEnd(timeouts.tick()).ifPresent(ends::add);
            cause = cause();
            waited = waited.plus(timeouts.tick());
        }
        return isInterrupted ? new Ending.Interrupted() : new Ending.Failed(text.ofJob(cause), cause.isBadInput());
    }

    private End cause() {
        return Cause.among(ends).orElseThrow();
    }

    private Duration untilSettled(End cause) {
        // A coordinator that failed the job has told all workers that it knew.
        if (ends.stream().anyMatch(end -> end.isCoordinator() && end.isTold())
                && !processes.workers().isEmpty()) {
            return timeouts.afterEnd().leave();
        }
        return cause.isTold() && !cause.isCoordinator()
                ? timeouts.afterFailure().teller()
                : timeouts.afterFailure().settle();
    }
}
