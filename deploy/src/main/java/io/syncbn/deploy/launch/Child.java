package io.syncbn.deploy.launch;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One process of the launcher. Its output goes to its log; its standard input is a pipe that brings a worker the
 * coordinator's address, and whose closing tells it that the launcher is gone.
 */
final class Child {
    private final String name;
    private final Log log;
    private final Process process;

    private Child(String name, Log log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /**
     * Starts a process.
     *
     * @param onEnd is called once, from another thread
     */
    static Child start(String name, List<String> command, Path logFile, Consumer<Child> onEnd) {
        Log log = new Log(logFile);
        File output = logFile.toFile();
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.appendTo(output))
                    .start();
            Child child = new Child(name, log, process);
            process.onExit().thenRun(() -> onEnd.accept(child));
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name + ": " + e.getMessage(), e);
        }
    }

    String name() {
        return name;
    }

    Log log() {
        return log;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitCode() {
        return process.exitValue();
    }

    /** Writes a line to its standard input. A failure is ignored: the process has ended, which is handled elsewhere. */
    void tell(String line) {
        try {
            OutputStream input = process.getOutputStream();
            input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException e) {
            return;
        }
    }

    /** Asks the process to end, by SIGTERM and by closing its standard input; it may refuse. */
    void terminate() {
        process.destroy();
    }

    /** Waits for the end, and kills the process after {@code patienceMillis}. */
    void end(long patienceMillis) throws InterruptedException {
        if (!process.waitFor(patienceMillis, TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            process.waitFor();
        }
    }
}
