package io.syncbn.worker.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/** A training run in a process of its own, for which the disk becomes full for a time: no file may grow beyond 1 KB. */
final class FullDiskRun {
    private static final String LIMIT_BYTES = "1024";

    private FullDiskRun() {}

    /** @param arguments run directory, and the steps after which the disk becomes full and has room again */
    public static void main(String[] arguments) {
        long from = Long.parseLong(arguments[1]);
        long to = Long.parseLong(arguments[2]);
        try {
            LocalTraining.run(FullDiskTest.JOB, Path.of(arguments[0]), Optional.empty(), 10, step -> {
                if (step == from || step == to) {
                    limitFiles(step == from ? LIMIT_BYTES : "unlimited");
                }
            });
        } catch (RuntimeException e) {
            System.err.println("ended: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void limitFiles(String bytes) {
        String process = Long.toString(ProcessHandle.current().pid());
        try {
            int exitCode = new ProcessBuilder("prlimit", "--pid", process, "--fsize=" + bytes + ":")
                    .inheritIO()
                    .start()
                    .waitFor();
            if (exitCode != 0) {
                throw new IllegalStateException("prlimit ended with " + exitCode);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
