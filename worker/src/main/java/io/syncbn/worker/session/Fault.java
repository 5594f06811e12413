package io.syncbn.worker.session;

/**
 * Why a worker cannot go on.
 *
 * @param isOfThisWorker whether another worker might go on; otherwise the fault is the job's
 * @param kind identifies equal faults: the name of a class
 * @param reason in words for the user
 */
public record Fault(boolean isOfThisWorker, String kind, String reason) {

    /** A fault that every worker would meet. */
    public static Fault ofJob(Throwable thrown) {
        return new Fault(false, thrown.getClass().getName(), String.valueOf(thrown.getMessage()));
    }

    /** A fault of this process or its machine only; this includes bugs of ours, until other workers meet them too. */
    public static Fault ofWorker(Throwable thrown) {
        return new Fault(true, thrown.getClass().getName(), inWords(thrown));
    }

    /** With the cause if the exception has no message, as when a class could not be initialized. */
    private static String inWords(Throwable thrown) {
        return thrown.getMessage() == null && thrown.getCause() != null
                ? thrown + ": " + thrown.getCause()
                : thrown.toString();
    }
}
