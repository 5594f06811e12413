package io.syncbn.deploy.command;

/** How a process of syncbn ends. The launcher tells causes from consequences by these. */
public final class ExitCode {
    private ExitCode() {}

    public static final int DONE = 0;

    /** The job failed: here, or elsewhere, and this process was told. */
    public static final int JOB_FAILED = 1;

    /** Settings, data or a checkpoint cannot be used. */
    public static final int BAD_INPUT = 2;

    /** A mistake in syncbn itself; there is a stack trace. */
    public static final int INTERNAL_ERROR = 3;

    /** This worker alone cannot go on: the job can, without it or with another one in its place. */
    public static final int THIS_WORKER = 4;

    /** Ended by Ctrl-C, SIGTERM or SIGHUP: 128 + SIGINT, as shells count. */
    public static final int INTERRUPTED = 130;
}
