package io.syncbn.deploy.command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Turns Ctrl-C, SIGTERM and SIGHUP into requests until it is closed: the command goes on, and ends by itself. A signal
 * that the shell has set to be ignored, as {@code nohup} does, stays ignored.
 */
@SuppressWarnings("sunapi") // Java has no other way to outlive the first one.
final class Interruption implements AutoCloseable {
    /** Ctrl-C. */
    private static final String INTERRUPT = "INT";

    private static final String TERMINATE = "TERM";

    /** The terminal is gone. */
    private static final String HANG_UP = "HUP";

    /** A terminal that closes sends it twice: the shell sends it to its jobs, and then the system does. */
    private static final Runnable NOTHING = () -> {};

    private final List<Runnable> restore = new ArrayList<>();
    private final AtomicBoolean isAsked = new AtomicBoolean();

    private Interruption() {}

    /**
     * Listens to all of them. The actions are called on threads of the JVM.
     *
     * @param first for the first of them
     * @param again for each further one
     */
    static Interruption watch(Runnable first, Runnable again) {
        Interruption interruption = new Interruption();
        interruption.handle(INTERRUPT, first, again);
        interruption.handle(TERMINATE, first, again);
        interruption.handle(HANG_UP, first, NOTHING);
        return interruption;
    }

    /**
     * Listens as a launcher's child: a terminal sends Ctrl-C and SIGHUP to the launcher and its children alike, and the
     * launcher decides what follows.
     */
    static Interruption watchLaunched(Runnable first, Runnable again) {
        Interruption interruption = new Interruption();
        interruption.set(INTERRUPT, SignalHandler.SIG_IGN);
        interruption.set(HANG_UP, SignalHandler.SIG_IGN);
        interruption.handle(TERMINATE, first, again);
        return interruption;
    }

    private void handle(String name, Runnable first, Runnable again) {
        set(name, signal -> (isAsked.getAndSet(true) ? again : first).run());
    }

    private void set(String name, SignalHandler handler) {
        Signal signal = new Signal(name);
        SignalHandler before = Signal.handle(signal, handler);
        restore.add(() -> Signal.handle(signal, before));
    }

    /**
     * Ends this process at once. Files are written whole or not at all, and other processes notice its closed
     * connections.
     */
    static void endProcess() {
        Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
    }

    /** Ends this process after a time, whatever it waits for: a disk or a coordinator may never answer. */
    static void endProcessAfter(Duration patience, String lastWords) {
        Thread thread = new Thread(
                () -> {
                    try {
                        Thread.sleep(patience.toMillis());
                    } catch (InterruptedException e) {
                        return;
                    }
                    LogOutput.lastWords("syncbn: " + lastWords);
                    endProcess();
                },
                "end-of-patience");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        restore.forEach(Runnable::run);
    }
}
