package io.syncbn.deploy.command;

import io.syncbn.deploy.bench.BenchException;
import io.syncbn.deploy.bench.Comparison;
import io.syncbn.deploy.bench.Configuration;
import io.syncbn.deploy.bench.Peer;
import io.syncbn.deploy.bench.Programs;
import io.syncbn.deploy.bench.Workload;
import io.syncbn.deploy.settings.BenchSettings;
import io.syncbn.deploy.settings.Settings;
import io.syncbn.proto.job.Setting;
import io.syncbn.worker.models.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** {@code syncbn bench compare}: syncbn beside PyTorch and beside plain sockets, measured in turn. */
final class BenchCompareCommand implements Command {
    private static final String NONE = "none";

    private final String childMain;

    /** @param childMain name of the class that processes of ours are started with */
    BenchCompareCommand(String childMain) {
        this.childMain = childMain;
    }

    @Override
    public String name() {
        return "bench compare";
    }

    @Override
    public String summary() {
        return "Measures syncbn, PyTorch and plain sockets in turn, several rounds, and prints tables of the medians.";
    }

    @Override
    public List<Setting> runSettings() {
        return BenchSettings.COMPARE;
    }

    @Override
    public boolean takesJob() {
        return false;
    }

    @Override
    public List<String> examples() {
        return List.of(
                "bench compare --python ~/torch/bin/python --json compare.json",
                "bench compare --configurations 2x4 --sum-workers none --rounds 5",
                "bench compare --python ~/torch/bin/python --configurations none --sum-workers none --models resnet18:64");
    }

    @Override
    public int run(Settings settings) throws IOException, InterruptedException {
        List<Configuration> configurations = unlessNone(
                settings,
                BenchSettings.CONFIGURATIONS,
                () -> settings.list(
                        BenchSettings.CONFIGURATIONS, "workers x examples, such as 2x4,", Configuration::parse));
        List<Workload> models = unlessNone(
                settings,
                BenchSettings.MODELS,
                () -> settings.list(BenchSettings.MODELS, "NAME:SIZE, such as resnet18:64,", Workload::parse));
        List<Integer> sumWorkers = unlessNone(
                settings,
                BenchSettings.SUM_WORKERS,
                () -> settings.integers(BenchSettings.SUM_WORKERS, 1, BenchSeries.MOST_WORKERS));
        List<Integer> sizes = settings.integers(BenchSettings.FLOATS, 1, BenchAllReduceCommand.MOST_FLOATS);
        int rounds = settings.integer(BenchSettings.COMPARE_ROUNDS, 1, BenchSeries.MOST_ROUNDS);
        int steps = settings.integer(BenchSettings.STEPS, BenchSeries.LEAST_STEPS, BenchSeries.MOST_STEPS);
        models.stream()
                .map(Workload::model)
                .filter(name -> !Models.names().contains(name))
                .forEach(name -> settings.problem("--models has '" + name + "'; there are " + Models.names()));
        int modelBatch = settings.integer(BenchSettings.MODEL_BATCH, 1, 1 << 20);
        int modelThreads = settings.integer(BenchSettings.MODEL_THREADS, 1, WorkerSettings.MOST_THREADS);
        int modelSteps = settings.integer(BenchSettings.MODEL_STEPS, BenchSeries.LEAST_STEPS, BenchSeries.MOST_STEPS);
        int sums = settings.integer(
                BenchSettings.COMPARE_SUMS, BenchAllReduceCommand.LEAST_ROUNDS, BenchAllReduceCommand.MOST_ROUNDS);
        Optional<Path> jsonFile = BenchSeries.jsonFile(settings);
        Optional<Peer> peer = peer(settings);
        settings.check();
        Comparison comparison = new Comparison(
                configurations,
                steps,
                new Comparison.Models(models, modelBatch, modelThreads, modelSteps),
                new Comparison.Vectors(sumWorkers, sizes, sums),
                peer);
        return BenchSeries.run(
                settings,
                runSettings(),
                comparison.measurements(new Programs(childMain)),
                rounds,
                jsonFile,
                comparison::tables);
    }

    private static <T> List<T> unlessNone(Settings settings, Setting setting, Supplier<List<T>> list) {
        return settings.text(setting).equals(Optional.of(NONE)) ? List.of() : list.get();
    }

    private static Optional<Peer> peer(Settings settings) throws IOException, InterruptedException {
        Optional<String> python = settings.text(BenchSettings.PYTHON);
        Optional<Path> program = settings.path(BenchSettings.PEER);
        if (python.isEmpty()) {
            program.ifPresent(file -> settings.problem("--peer " + file + " needs a --python to run it"));
            return Optional.empty();
        }
        program.filter(file -> !Files.isRegularFile(file))
                .ifPresent(file -> settings.problem("--peer " + file + " is no file"));
        try {
            Peer.requireTorch(python.get());
        } catch (BenchException e) {
            settings.problem(e.getMessage());
        }
        return Optional.of(program.isPresent() ? new Peer(python.get(), program.get()) : Peer.own(python.get()));
    }
}
