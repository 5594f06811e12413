package io.syncbn.deploy.command;

import io.syncbn.proto.net.Address;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/**
 * Listens to the launcher, which holds the other end of this process's standard input: writes one line to a worker, the
 * coordinator's address, and nothing more; the pipe closes when the launcher ends, in whatever way, and then this process
 * ends too.
 */
final class ParentWatch {
    private final CompletableFuture<String> firstLine = new CompletableFuture<>();

    private ParentWatch() {}

    /** Watches over a launched process. No clean-up at its end: files are written whole or not at all. */
    static ParentWatch start() {
        return start(System.in, () -> Runtime.getRuntime().halt(ExitCode.INTERRUPTED));
    }

    static ParentWatch start(InputStream in, Runnable onClose) {
        ParentWatch watch = new ParentWatch();
        Thread thread = new Thread(() -> watch.listen(in, onClose), "parent-watch");
        thread.setDaemon(true);
        thread.start();
        return watch;
    }

    /** Waits for the coordinator's address. The launcher, if it has none to tell, ends its children. */
    Address coordinator() {
        return Address.parse(firstLine.join());
    }

    private void listen(InputStream in, Runnable onClose) {
        try {
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                firstLine.complete(line);
            }
        } catch (IOException e) {
            // As good as closed.
        }
        onClose.run();
    }
}
