package io.syncbn.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The signals that this process ignores, and so do all that it starts: Ctrl-C where a shell has put it into the background,
 * SIGHUP under {@code nohup}.
 */
public final class IgnoredSignals {
    public static final int HANG_UP = 1;
    public static final int INTERRUPT = 2;

    private IgnoredSignals() {}

    public static boolean contains(int signal) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                .anyMatch(mask -> (mask & 1L << (signal - 1)) != 0);
    }
}
