package io.syncbn.deploy.command;

import io.syncbn.deploy.bench.Growth;
import io.syncbn.deploy.bench.Programs;
import io.syncbn.deploy.settings.BenchSettings;
import io.syncbn.deploy.settings.Settings;
import io.syncbn.proto.job.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code syncbn bench growth}: how times grow with the number of workers and with sizes. */
final class BenchGrowthCommand implements Command {
    private static final int MOST_EXAMPLES = 1 << 16;

    private final String childMain;

    /** @param childMain name of the class that processes of ours are started with */
    BenchGrowthCommand(String childMain) {
        this.childMain = childMain;
    }

    @Override
    public String name() {
        return "bench growth";
    }

    @Override
    public String summary() {
        return "Measures steps and sums for growing numbers of workers and sizes, and prints tables and fitted lines.";
    }

    @Override
    public List<Setting> runSettings() {
        return BenchSettings.GROWTH;
    }

    @Override
    public boolean takesJob() {
        return false;
    }

    @Override
    public List<String> examples() {
        return List.of("bench growth --workers 1,2,4,8 --batch 4 --global-batch 32 --json growth.json");
    }

    @Override
    public int run(Settings settings) throws IOException, InterruptedException {
        List<Integer> workers = settings.integers(BenchSettings.GROWTH_WORKERS, 1, BenchSeries.MOST_WORKERS);
        int batch = settings.integer(BenchSettings.BATCH, 1, MOST_EXAMPLES);
        int globalBatch = settings.integer(BenchSettings.GLOBAL_BATCH, 1, MOST_EXAMPLES);
        workers.stream()
                .filter(each -> globalBatch % each != 0)
                .forEach(each -> settings.problem(
                        "--global-batch " + globalBatch + " cannot be shared evenly by " + each + " workers"));
        List<Integer> sizes = settings.integers(BenchSettings.FLOATS, 1, BenchAllReduceCommand.MOST_FLOATS);
        if (sizes.stream().distinct().count() == 1) {
            settings.problem("--floats needs at least two different sizes, for a line through them");
        }
        int rounds = settings.integer(BenchSettings.GROWTH_ROUNDS, 1, BenchSeries.MOST_ROUNDS);
        int steps = settings.integer(BenchSettings.STEPS, BenchSeries.LEAST_STEPS, BenchSeries.MOST_STEPS);
        int sums = settings.integer(
                BenchSettings.GROWTH_SUMS, BenchAllReduceCommand.LEAST_ROUNDS, BenchAllReduceCommand.MOST_ROUNDS);
        Optional<Path> jsonFile = BenchSeries.jsonFile(settings);
        settings.check();
        Growth growth = new Growth(workers, batch, globalBatch, steps, sizes, sums);
        return BenchSeries.run(
                settings,
                runSettings(),
                growth.measurements(new Programs(childMain)),
                rounds,
                jsonFile,
                growth::tables);
    }
}
