package io.syncbn.deploy.command;

import io.syncbn.deploy.bench.BenchException;
import io.syncbn.deploy.settings.UsageException;
import io.syncbn.proto.job.JobException;
import io.syncbn.worker.checkpoint.CheckpointException;
import io.syncbn.worker.collective.JobFailedException;
import io.syncbn.worker.data.DataException;
import io.syncbn.worker.kernels.KernelsException;
import io.syncbn.worker.nn.ModelException;
import io.syncbn.worker.record.RecordException;
import io.syncbn.worker.session.WorkerFaultException;
import io.syncbn.worker.train.TrainingException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Says why a command ended. What a user can mend is one message; a mistake of ours keeps its stack trace. */
final class Failures {
    private Failures() {}

    /**
     * Reports a failure.
     *
     * @param isLogged whether {@code err} is a log file, where the stack trace of any failure is welcome; the message
     *     still comes last, which is where the launcher looks for it
     * @return the exit code
     */
    static int report(Throwable failure, boolean isLogged, PrintStream err) {
        Optional<String> shortage = MemoryShortage.message(failure);
        OptionalInt known = exitCode(failure);
        if (known.isEmpty() && shortage.isPresent()) {
            known = OptionalInt.of(ExitCode.BAD_INPUT);
        }
        try {
            if (isLogged || known.isEmpty()) {
                failure.printStackTrace(err);
            }
            String message = known.isEmpty() ? "internal error: " + failure : failure.getMessage();
            err.println("syncbn: " + shortage.orElse(message));
        } catch (OutOfMemoryError e) {
            // The exit code still says what it was.
        }
        return known.orElse(ExitCode.INTERNAL_ERROR);
    }

    /**
     * Reports what is wrong with a command line, all of it.
     *
     * @param command the words whose help says more
     * @return the exit code
     */
    static int report(String command, UsageException usage, PrintStream err) {
        List<String> problems = usage.problems();
        if (problems.size() == 1) {
            err.println("syncbn: " + problems.get(0));
        } else {
            err.println("syncbn: " + problems.size() + " problems:");
            problems.forEach(problem -> err.println("  " + problem));
        }
        err.println("See " + command + " --help");
        return ExitCode.BAD_INPUT;
    }

    /** The exit code of a failure whose message is meant for the user. */
    private static OptionalInt exitCode(Throwable failure) {
        if (failure instanceof JobFailedException
                || failure instanceof TrainingException
                || failure instanceof RecordException
                || failure instanceof BenchException) {
            return OptionalInt.of(ExitCode.JOB_FAILED);
        }
        if (failure instanceof WorkerFaultException) {
            return OptionalInt.of(ExitCode.THIS_WORKER);
        }
        boolean isInput = failure instanceof DataException
                || failure instanceof CheckpointException
                || failure instanceof JobException
                || failure instanceof ModelException
                || failure instanceof KernelsException;
        return isInput ? OptionalInt.of(ExitCode.BAD_INPUT) : OptionalInt.empty();
    }
}
