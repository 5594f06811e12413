package io.syncbn.deploy.command;

import io.syncbn.deploy.settings.Settings;
import io.syncbn.deploy.settings.UsageException;
import io.syncbn.proto.job.Setting;
import io.syncbn.worker.checkpoint.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A file that a command writes where its user says, whole or not at all. */
record OutputFile(Setting setting, Path path) {

    /** Empty if the user names none; one that cannot be is a problem of the settings. */
    static Optional<OutputFile> of(Settings settings, Setting setting) {
        Optional<Path> path = settings.path(setting);
        path.filter(Files::isDirectory)
                .ifPresent(place -> settings.problem(
                        "--" + setting.name() + " is '" + place + "', a directory; expected a file to write"));
        path.filter(place -> !Files.isDirectory(place.toAbsolutePath().getParent()))
                .ifPresent(place -> settings.problem(
                        "--" + setting.name() + " is '" + place + "'; expected a file in a directory that is there"));
        return path.map(place -> new OutputFile(setting, place));
    }

    /** @throws UsageException if it cannot be written */
    void write(byte[] content) {
        try {
            AtomicFile.write(path.toAbsolutePath(), content);
        } catch (IOException e) {
            throw new UsageException(
                    List.of("--" + setting.name() + " is '" + path + "', which cannot be written: " + e));
        }
    }
}
