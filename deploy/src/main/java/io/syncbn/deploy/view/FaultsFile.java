package io.syncbn.deploy.view;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/** The faults in a run's chaos.json, which the launcher writes anew whenever more is known of one. Not thread-safe. */
final class FaultsFile {
    private final Path file;
    private Optional<FileTime> read = Optional.empty();

    FaultsFile(Path file) {
        this.file = file;
    }

    /** Takes in the file if it has changed. */
    void refresh(Story story) {
        Optional<FileTime> written = written();
        if (written.isPresent() && !written.equals(read)) {
            RunFollower.object(file).ifPresent(line -> {
                read = written;
                story.faults(line.values().path("faults"));
            });
        }
    }

    private Optional<FileTime> written() {
        try {
            return Optional.of(Files.getLastModifiedTime(file));
        } catch (IOException e) {
            return Optional.empty(); // a run without --chaos
        }
    }
}
