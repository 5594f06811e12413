package io.syncbn.deploy.launch;

import io.syncbn.deploy.launch.Cause.End;
import java.nio.file.Path;
import java.util.Optional;

/** Messages about processes that failed: which, why, and where its log is. */
final class FailureText {
    /** Lines of the guilty process's log that go into the message. */
    private static final int LOG_LINES = 12;

    private final RunDirectory directory;
    private final Processes processes;

    FailureText(RunDirectory directory, Processes processes) {
        this.directory = directory;
        this.processes = processes;
    }

    /** How a process ended, with its own reason, if it had the time to give one. */
    String of(End end) {
        return end.inWords() + (end.isKilled() || reason(end).isEmpty() ? "" : ": " + reason(end));
    }

    /** The first line of a process's own reason; empty if it gave none. */
    String reason(End end) {
        return processes
                .log(end.name())
                .reason()
                .flatMap(reason -> reason.lines().findFirst())
                .orElse("");
    }

    String ofJob(End cause) {
        Log log = processes.log(cause.name());
        StringBuilder message = new StringBuilder("the job failed: ");
        Optional<String> reason = log.reason().filter(text -> !cause.isKilled());
        if (reason.isPresent()) {
            message.append(cause.isTold() ? "" : cause.inWords() + ": ").append(reason.get());
        } else {
            message.append(cause.inWords()).append("\n  its last words:");
            log.lastLines(LOG_LINES).forEach(line -> message.append("\n  | ").append(line));
        }
        return message.append("\n  its log: ").append(log.file()).toString();
    }

    String ofNoAddress() {
        return "the coordinator did not say where it listens; its log: " + directory.log(ProcessTable.COORDINATOR);
    }

    /**
     * Names the worker that should have written the result.
     *
     * @param lost a worker that was lost before it wrote it; empty if it is still running
     */
    String ofNoResult(Optional<End> lost) {
        Optional<String> writer =
                lost.map(End::name).or(() -> processes.workers().stream().findFirst());
        String why = lost.map(this::of)
                .or(() -> writer.map(name -> name + " is still at it"))
                .orElse("all workers ended well");
        Path log = directory.log(writer.orElse(ProcessTable.COORDINATOR));
        return "the job is done, but result.json was not written: " + why + "\n  its log: " + log;
    }
}
