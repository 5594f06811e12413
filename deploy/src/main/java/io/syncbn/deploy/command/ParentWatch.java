package io.syncbn.deploy.command;

import io.syncbn.proto.net.Address;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/**
 * Listens to the launcher, which holds the other end of this process's standard input and writes one line: to a worker the
 * coordinator's address, to a coordinator that the job is to stop. The pipe closes when the launcher ends, in whatever
 * way, and then this process ends too.
 */
final class ParentWatch {
    private final CompletableFuture<String> line = new CompletableFuture<>();

    private ParentWatch() {}

    /** Watches over a launched process. No clean-up at its end: files are written whole or not at all. */
    static ParentWatch start() {
        return start(System.in, Interruption::endProcess);
    }

    static ParentWatch start(InputStream in, Runnable onClose) {
        ParentWatch watch = new ParentWatch();
        Thread thread = new Thread(() -> watch.listen(in, onClose), "parent-watch");
        thread.setDaemon(true);
        thread.start();
        return watch;
    }

    /** Waits for the coordinator's address. A launcher that has none ends its children. */
    Address coordinator() {
        return Address.parse(line.join());
    }

    /** Runs an action when the line has come: on the thread that reads it, or on this one if it has come already. */
    void onLine(Runnable action) {
        line.thenRun(action);
    }

    private void listen(InputStream in, Runnable onClose) {
        try {
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                line.complete(text);
            }
        } catch (IOException e) {
            // As good as closed.
        }
        onClose.run();
    }
}
