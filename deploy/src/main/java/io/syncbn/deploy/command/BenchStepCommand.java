package io.syncbn.deploy.command;

import io.syncbn.deploy.bench.StepResult;
import io.syncbn.deploy.launch.JavaChildren;
import io.syncbn.deploy.launch.RunDirectory;
import io.syncbn.deploy.settings.RunSettings;
import io.syncbn.deploy.settings.Settings;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.Setting;
import java.util.List;
import java.util.Optional;

/** {@code syncbn bench step}: how long a training step takes, measured on a short run of the real thing. */
final class BenchStepCommand implements Command {

    @Override
    public String name() {
        return "bench step";
    }

    @Override
    public String summary() {
        return "Trains a short job and prints the time of its steps; the first half warms up and does not count.";
    }

    @Override
    public List<Setting> runSettings() {
        return RunSettings.BENCH_STEP;
    }

    @Override
    public List<String> examples() {
        return List.of("bench step --model resnet20 --workers 2 --batch 4 --norm-group all --steps 400");
    }

    @Override
    public int run(Settings settings) throws Exception {
        JobRun jobRun = JobRun.of(settings);
        settings.check();
        Job job = jobRun.job().orElseThrow();
        int workers = jobRun.workers();
        RunDirectory run = BenchRun.directory(settings, job);
        JavaChildren children = new JavaChildren(Main.class.getName(), run, Optional.empty(), workers);
        return BenchRun.print(run, children, workers, () -> List.of(StepResult.json(run.metrics(), job, workers)));
    }
}
