package io.syncbn.deploy.command;

import java.io.IOException;
import java.io.InputStream;

/**
 * Ends this process when its standard input closes: the launcher holds the other end of that pipe and never writes, so it
 * closes when the launcher ends, in whatever way.
 */
final class ParentWatch {
    private ParentWatch() {}

    static void start(InputStream in, Runnable onClose) {
        Thread thread = new Thread(() -> awaitClose(in, onClose), "parent-watch");
        thread.setDaemon(true);
        thread.start();
    }

    private static void awaitClose(InputStream in, Runnable onClose) {
        try {
            while (in.read() >= 0) {
                continue;
            }
        } catch (IOException e) {
            // As good as closed.
        }
        onClose.run();
    }

    /** Watches over a launched process. No clean-up: files are written whole or not at all. */
    static void startIf(boolean isLaunched) {
        if (isLaunched) {
            start(System.in, () -> Runtime.getRuntime().halt(ExitCode.INTERRUPTED));
        }
    }
}
