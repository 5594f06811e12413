package io.syncbn.deploy.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * Peak resident memory of coordinator and workers, children of this process, where the operating system reports it as
 * Linux does. Polled, because a process that has ended reports nothing.
 */
public final class ResidentMemory {
    private static final String PEAK = "VmHWM:";

    private long workerKilobytes;
    private long coordinatorKilobytes;

    public void look() {
        ProcessHandle.current().children().forEach(child -> {
            Path directory = Path.of("/proc", Long.toString(child.pid()));
            try {
                List<String> arguments =
                        List.of(Files.readString(directory.resolve("cmdline")).split("\0"));
                long peak = peakKilobytes(Files.readAllLines(directory.resolve("status")));
                if (arguments.contains("coordinator")) {
                    coordinatorKilobytes = Math.max(coordinatorKilobytes, peak);
                } else if (arguments.contains("worker")) {
                    workerKilobytes = Math.max(workerKilobytes, peak);
                }
            } catch (IOException e) {
                // It has ended, or this is no Linux.
            }
        });
    }

    static long peakKilobytes(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith(PEAK))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    /** Peak of the worker that had most. */
    OptionalLong workerMegabytes() {
        return megabytes(workerKilobytes);
    }

    OptionalLong coordinatorMegabytes() {
        return megabytes(coordinatorKilobytes);
    }

    private static OptionalLong megabytes(long kilobytes) {
        return kilobytes == 0 ? OptionalLong.empty() : OptionalLong.of(Math.round(kilobytes * 1024 / 1e6));
    }
}
