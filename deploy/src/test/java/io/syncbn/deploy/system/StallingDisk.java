package io.syncbn.deploy.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A directory on a disk that can be made to hang: nothing is written then, by anybody, until it works again. Where the test may
 * mount, a file system in a file, which can be frozen; else, where there is a C compiler, functions of C's library that wait
 * in the processes under test.
 */
final class StallingDisk implements AutoCloseable {
    private static final int MEGABYTES = 64;

    /** What waits while a file is there. */
    private static final String WAITING_LIBRARY = """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <sys/types.h>
            #include <sys/uio.h>
            #include <unistd.h>

            static void wait_for_disk(int fd) {
                char link[64], path[4096];
                snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
                ssize_t length = readlink(link, path, sizeof path - 1);
                if (length < 0) return;
                path[length] = 0;
                if (strncmp(path, getenv("STALL_DIRECTORY"), strlen(getenv("STALL_DIRECTORY"))) != 0) return;
                while (access(getenv("STALL_FILE"), F_OK) == 0) usleep(10000);
            }

            #define NEXT(name) ((__typeof__(&name)) dlsym(RTLD_NEXT, #name))
            ssize_t write(int fd, const void *bytes, size_t count) { wait_for_disk(fd); return NEXT(write)(fd, bytes, count); }
            ssize_t writev(int fd, const struct iovec *v, int n) { wait_for_disk(fd); return NEXT(writev)(fd, v, n); }
            ssize_t pwrite(int fd, const void *b, size_t n, off_t at) { wait_for_disk(fd); return NEXT(pwrite)(fd, b, n, at); }
            ssize_t pwrite64(int fd, const void *b, size_t n, off64_t at) { wait_for_disk(fd); return NEXT(pwrite64)(fd, b, n, at); }
            int fsync(int fd) { wait_for_disk(fd); return NEXT(fsync)(fd); }
            int fdatasync(int fd) { wait_for_disk(fd); return NEXT(fdatasync)(fd); }
            """;

    private final Path directory;
    private final Path stall;
    private final boolean isMounted;
    private final Map<String, String> environment;

    private StallingDisk(Path directory, Path stall, boolean isMounted, Map<String, String> environment) {
        this.directory = directory;
        this.stall = stall;
        this.isMounted = isMounted;
        this.environment = environment;
    }

    /** @param place for what it needs; deleted by others */
    static StallingDisk make(Path place) throws Exception {
        Path directory = Files.createDirectories(place.resolve("disk"));
        Path image = place.resolve("image");
        boolean isMounted = !Boolean.getBoolean("syncbn.test.preload")
                && runs("truncate", "-s", MEGABYTES + "M", image.toString())
                && runs("mkfs.ext4", "-q", "-F", image.toString())
                && runs("mount", "-o", "loop", image.toString(), directory.toString());
        return isMounted ? new StallingDisk(directory, image, true, Map.of()) : preloaded(place, directory);
    }

    private static StallingDisk preloaded(Path place, Path directory) throws Exception {
        Path source = Files.writeString(place.resolve("wait.c"), WAITING_LIBRARY);
        Path library = place.resolve("wait.so");
        if (!runs("gcc", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl")) {
            throw new IllegalStateException("neither may this test mount a file system, nor is there a C compiler");
        }
        Path stall = place.resolve("stall");
        return new StallingDisk(
                directory,
                stall,
                false,
                Map.of(
                        "LD_PRELOAD",
                        library.toString(),
                        "STALL_FILE",
                        stall.toString(),
                        "STALL_DIRECTORY",
                        directory.toString()));
    }

    Path directory() {
        return directory;
    }

    /** For processes that are to find it hanging. */
    Map<String, String> environment() {
        return environment;
    }

    void hang() throws Exception {
        if (!isMounted) {
            Files.createFile(stall);
        } else if (!runs("fsfreeze", "--freeze", directory.toString())) {
            throw new IllegalStateException("cannot freeze " + directory);
        }
    }

    void work() throws Exception {
        if (!isMounted) {
            Files.deleteIfExists(stall);
        } else if (!runs("fsfreeze", "--unfreeze", directory.toString())) {
            throw new IllegalStateException("cannot unfreeze " + directory);
        }
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(List.of(command))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // there is no such program
        }
    }

    @Override
    public void close() throws Exception {
        if (isMounted) {
            runs("fsfreeze", "--unfreeze", directory.toString()); // fails if it is not frozen
            runs("umount", directory.toString());
        }
    }
}
