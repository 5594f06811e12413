package io.syncbn.deploy.command;

import io.syncbn.deploy.launch.Ending;
import io.syncbn.deploy.launch.JavaChildren;
import io.syncbn.deploy.launch.JavaProgram;
import io.syncbn.deploy.launch.LaunchTimeouts;
import io.syncbn.deploy.launch.Launcher;
import io.syncbn.deploy.launch.Progress;
import io.syncbn.deploy.launch.RunDirectory;
import io.syncbn.deploy.launch.Watcher;
import io.syncbn.deploy.settings.Range;
import io.syncbn.proto.job.Job;
import io.syncbn.worker.checkpoint.CheckpointException;
import io.syncbn.worker.collective.JobFailedException;
import io.syncbn.worker.train.Resume;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A job as processes of this machine.
 *
 * @param run that has been made
 * @param resume what it goes on from
 * @param restarts of killed processes
 * @param program of its processes
 */
record Training(RunDirectory run, Job job, Range workers, Optional<Resume> resume, int restarts, JavaProgram program) {

    /** Runs it to its end, watched by nothing else. */
    Ending launch(Progress progress) throws InterruptedException {
        return launch(progress, LaunchTimeouts.DEFAULT);
    }

    /** Runs it to its end, with a watcher. */
    Ending launch(Watcher watcher, LaunchTimeouts timeouts) throws InterruptedException {
        JavaChildren children = new JavaChildren(program, run, resume, workers.most());
        Launcher launcher = new Launcher(run, children, workers, restarts, timeouts, watcher, Training::nowMillis);
        try (Interruption interruption = Interruption.watch(launcher::stop, launcher::interrupt)) {
            return launcher.run();
        }
    }

    /**
     * Says why it did not end well, if so.
     *
     * @return the exit code
     * @throws JobFailedException if it failed
     */
    int exitCode(Ending ending) {
        if (ending instanceof Ending.Failed failed && failed.isBadInput()) {
            throw new CheckpointException(failed.message() + goOn());
        }
        if (ending instanceof Ending.Failed failed) {
            throw new JobFailedException(failed.message() + goOn());
        }
        if (ending instanceof Ending.Interrupted) {
            System.err.println("syncbn: interrupted" + goOn());
            return ExitCode.INTERRUPTED;
        }
        return ExitCode.DONE;
    }

    private String goOn() {
        return run.lastCheckpoint()
                .map(checkpoint -> "\n  last checkpoint: " + checkpoint + "\n  go on from there: syncbn train --resume "
                        + run.path())
                .orElse("\n  there is no checkpoint yet");
    }

    static long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
