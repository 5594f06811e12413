package io.syncbn.worker.train;

import io.syncbn.proto.job.JobException;
import io.syncbn.worker.checkpoint.CheckpointException;
import io.syncbn.worker.collective.JobFailedException;
import io.syncbn.worker.data.DataException;
import io.syncbn.worker.kernels.KernelsException;
import io.syncbn.worker.nn.ModelException;
import io.syncbn.worker.record.RecordException;
import io.syncbn.worker.session.Fault;
import io.syncbn.worker.session.WorkerFaultException;
import java.io.IOException;

/** Classifies exceptions: a fault of the job, if any other worker would have met it too, or of this worker alone. */
public final class Faults {
    private Faults() {}

    static Fault of(Throwable thrown) {
        return isOfJob(thrown) ? Fault.ofJob(thrown) : ofWorker(thrown);
    }

    /**
     * The exception that a worker ends with. Before it has joined, faults of files or native libraries count as bad
     * input.
     */
    public static RuntimeException toEndWith(Throwable thrown) {
        boolean isForUser =
                isSaidInWords(thrown) || thrown instanceof WorkerFaultException || thrown instanceof KernelsException;
        return isForUser
                ? (RuntimeException) thrown
                : new WorkerFaultException(Fault.ofWorker(thrown).reason(), thrown);
    }

    private static boolean isOfJob(Throwable thrown) {
        return isSaidInWords(thrown) && !isOfThisMachine(thrown);
    }

    /** Whether the message is meant for the user. All other exceptions are mistakes of ours, or the machine's. */
    private static boolean isSaidInWords(Throwable thrown) {
        return thrown instanceof JobFailedException
                || thrown instanceof TrainingException
                || thrown instanceof RecordException
                || thrown instanceof DataException
                || thrown instanceof CheckpointException
                || thrown instanceof ModelException
                || thrown instanceof JobException;
    }

    /** Whether a disk or file system failed, rather than a file's content being wrong. */
    private static boolean isOfThisMachine(Throwable thrown) {
        return thrown instanceof DataException data ? data.isOfThisMachine() : thrown.getCause() instanceof IOException;
    }

    private static Fault ofWorker(Throwable thrown) {
        return isSaidInWords(thrown)
                ? new Fault(true, thrown.getCause().getClass().getName(), thrown.getMessage())
                : Fault.ofWorker(thrown);
    }
}
