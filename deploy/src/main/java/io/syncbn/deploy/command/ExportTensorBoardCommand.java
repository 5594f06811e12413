package io.syncbn.deploy.command;

import io.syncbn.deploy.export.TensorBoardExport;
import io.syncbn.deploy.launch.RunDirectory;
import io.syncbn.deploy.settings.ExportSettings;
import io.syncbn.deploy.settings.Settings;
import io.syncbn.deploy.settings.UsageException;
import io.syncbn.proto.job.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code syncbn export tensorboard RUN DIR}: a run as TensorBoard's event files. */
final class ExportTensorBoardCommand implements Command {

    @Override
    public String name() {
        return "export tensorboard";
    }

    @Override
    public String summary() {
        return "Writes TensorBoard's event files of a run, finished or not: its metrics, its settings, and histograms of the"
                + " normalization layers of its checkpoints.";
    }

    @Override
    public List<Setting> runSettings() {
        return ExportSettings.TENSORBOARD;
    }

    @Override
    public List<Setting> words() {
        return ExportSettings.TENSORBOARD;
    }

    @Override
    public boolean takesJob() {
        return false;
    }

    @Override
    public List<String> examples() {
        return List.of("export tensorboard runs/first boards/first");
    }

    @Override
    public int run(Settings settings) {
        String run = settings.needed(ExportSettings.RUN);
        settings.needed(ExportSettings.DIRECTORY);
        Optional<RunDirectory> directory = settings.path(ExportSettings.RUN).map(RunDirectory::new);
        Optional<Path> to = settings.path(ExportSettings.DIRECTORY);
        directory
                .filter(given -> !Files.isRegularFile(given.job()) || !Files.isRegularFile(given.metrics()))
                .ifPresent(given -> settings.problem(
                        "--run is '" + run + "'; expected the directory of a run, with job.yaml and metrics.jsonl"));
        to.ifPresent(place -> TensorBoardDirectory.requireNoEvents(settings, ExportSettings.DIRECTORY, place));
        settings.check();

        try {
            long steps = TensorBoardExport.write(directory.orElseThrow(), to.orElseThrow(), System.err::println);
            System.out.println("event files of " + steps + " steps in " + to.orElseThrow());
        } catch (IOException e) {
            throw new UsageException(
                    List.of("the event files of " + run + " cannot be written to " + to.orElseThrow() + ": " + e));
        }
        return ExitCode.DONE;
    }
}
