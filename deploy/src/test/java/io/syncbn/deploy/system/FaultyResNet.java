package io.syncbn.deploy.system;

import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.Net;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link SmallResNet}, but for one worker it fails: of what the first line of a file says, which it takes out. The file lies
 * beside the run directory, whose place it finds on its process's command line.
 */
public final class FaultyResNet implements Architecture {
    static final String FAULTS = "faults";
    private static final String WORKER = "worker-1";

    @Override
    public void define(Net net) {
        try {
            List<String> words =
                    List.of(Files.readString(Path.of("/proc/self/cmdline")).split("\0"));
            int name = words.indexOf("--name");
            if (name >= 0 && words.get(name + 1).equals(WORKER)) {
                fail(Path.of(words.get(words.indexOf("--out") + 1)).resolveSibling(FAULTS));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        new SmallResNet().define(net);
    }

    private static void fail(Path file) throws IOException {
        List<String> faults = new ArrayList<>(Files.exists(file) ? Files.readAllLines(file) : List.of());
        if (faults.isEmpty()) {
            return;
        }
        String fault = faults.remove(0);
        Files.write(file, faults);
        switch (fault) {
            case "memory" -> throw new OutOfMemoryError("Java heap space");
            case "linkage" -> throw new NoClassDefFoundError("gone/Missing");
            case "disk" -> throw new UncheckedIOException(new IOException("Input/output error"));
            default -> throw new IllegalStateException(fault);
        }
    }
}
