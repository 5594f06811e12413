package io.syncbn.deploy.command;

import io.syncbn.deploy.bench.ResidentMemory;
import io.syncbn.deploy.bench.StepResult;
import io.syncbn.deploy.launch.Heaps;
import io.syncbn.deploy.launch.JavaChildren;
import io.syncbn.deploy.launch.JavaProgram;
import io.syncbn.deploy.launch.RunDirectory;
import io.syncbn.deploy.settings.BenchSettings;
import io.syncbn.deploy.settings.RunSettings;
import io.syncbn.deploy.settings.Settings;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.Setting;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/** {@code syncbn bench step}: how long a training step takes, measured on a short run of the real thing. */
final class BenchStepCommand implements Command {
    private final String childMain;

    /** @param childMain name of the class that processes of ours are started with */
    BenchStepCommand(String childMain) {
        this.childMain = childMain;
    }

    @Override
    public String name() {
        return "bench step";
    }

    @Override
    public String summary() {
        return "Trains a short job and prints the time of its steps and of their parts; the first ones warm up and do not count.";
    }

    @Override
    public List<Setting> runSettings() {
        return BenchSettings.STEP;
    }

    @Override
    public List<String> examples() {
        return List.of("bench step --model resnet20 --workers 2 --batch 4 --norm-group all --steps 1000");
    }

    @Override
    public int run(Settings settings) throws Exception {
        JobRun jobRun = JobRun.measured(settings);
        WorkerSettings.threads(settings);
        boolean isMeasured = settings.flag(BenchSettings.MEASURED);
        settings.check();
        if (isMeasured) {
            ParentWatch.start();
        }
        Job job = jobRun.job().orElseThrow();
        int workers = jobRun.workers().most();
        RunDirectory run = BenchRun.directory(settings, job, List.of(BenchSettings.WORKERS, RunSettings.THREADS));
        JavaChildren children =
                new JavaChildren(new JavaProgram(childMain, Heaps.USUAL, 0), run, Optional.empty(), workers);
        ResidentMemory memory = new ResidentMemory();
        return BenchRun.print(
                run,
                children,
                workers,
                memory::look,
                () -> List.of(StepResult.json(
                        Files.readAllLines(run.metrics()), Files.readString(run.result()), job, workers, memory)));
    }
}
