package io.syncbn.worker.data;

import java.nio.file.Path;

/** Opens an image folder in a process of its own, whose locale may be another one, and prints what it is. */
final class PrintDigest {
    private PrintDigest() {}

    public static void main(String[] arguments) {
        try (Dataset data = TestFiles.open("imagefolder", Path.of(arguments[0]))) {
            System.out.println(data.digest());
        }
    }
}
