package io.syncbn.deploy.command;

import io.syncbn.deploy.settings.Settings;
import io.syncbn.proto.job.Setting;
import io.syncbn.worker.tensorboard.RunEvents;
import java.io.IOException;
import java.nio.file.Path;

/** Where event files are to be written. */
final class TensorBoardDirectory {
    private TensorBoardDirectory() {}

    /** Readers would take two runs in one directory for one. */
    static void requireNoEvents(Settings settings, Setting setting, Path directory) {
        try {
            if (RunEvents.areIn(directory)) {
                settings.problem("--" + setting.name() + " is '" + directory
                        + "', which has event files already; expected a directory for this run alone");
            }
        } catch (IOException e) {
            settings.problem("--" + setting.name() + " is '" + directory + "', which cannot be read: " + e);
        }
    }
}
