package io.syncbn.deploy.command;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and SIGTERM: asks for the end, waits until this is released, and leaves with the exit code of an
 * interrupted command.
 */
final class Interruption {
    /** More than the launcher needs to end the most stubborn children. */
    private static final long PATIENCE_SECONDS = 30;

    private final CountDownLatch released = new CountDownLatch(1);
    private final Thread hook;

    private Interruption(Runnable askForEnd) {
        hook = new Thread(
                () -> {
                    askForEnd.run();
                    awaitRelease();
                    Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
                },
                "interruption");
    }

    static Interruption watch(Runnable askForEnd) {
        Interruption interruption = new Interruption(askForEnd);
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    private void awaitRelease() {
        try {
            released.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What was asked for is done, or the command has ended by itself. */
    void release() {
        released.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already: the hook is at work.
        }
    }
}
