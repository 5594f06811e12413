package io.syncbn.worker.session;

/**
 * Why a worker cannot go on.
 *
 * @param isOfThisWorker whether another one might; otherwise it is the job's
 * @param kind what makes two faults the same: the name of a class
 * @param reason in words for the user
 */
public record Fault(boolean isOfThisWorker, String kind, String reason) {

    /** What every worker would meet. */
    public static Fault ofJob(Throwable thrown) {
        return new Fault(false, thrown.getClass().getName(), String.valueOf(thrown.getMessage()));
    }

    /** What only this process, or its machine, has met: a mistake of ours as well, until others meet it too. */
    public static Fault ofWorker(Throwable thrown) {
        return new Fault(true, thrown.getClass().getName(), inWords(thrown));
    }

    /** With its cause, where it says nothing itself: as when a class could not be initialized. */
    private static String inWords(Throwable thrown) {
        return thrown.getMessage() == null && thrown.getCause() != null
                ? thrown + ": " + thrown.getCause()
                : thrown.toString();
    }
}
