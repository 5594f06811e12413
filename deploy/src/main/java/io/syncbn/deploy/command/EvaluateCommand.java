package io.syncbn.deploy.command;

import io.syncbn.deploy.settings.RunSettings;
import io.syncbn.deploy.settings.Settings;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.Setting;
import io.syncbn.worker.EvaluationRun;
import io.syncbn.worker.record.Evaluation;
import io.syncbn.worker.record.Evaluation.Other;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code syncbn evaluate}: evaluates a checkpoint on a data set. */
final class EvaluateCommand implements Command {

    @Override
    public String name() {
        return "evaluate";
    }

    @Override
    public String summary() {
        return "Evaluates a checkpoint on the test part of a data set, in this process.";
    }

    @Override
    public List<Setting> runSettings() {
        return RunSettings.EVALUATE;
    }

    @Override
    public List<String> examples() {
        return List.of(
                "evaluate --checkpoint runs/first",
                "evaluate --checkpoint runs/first/checkpoints/step-00000100 --data imagefolder:photos.zip");
    }

    @Override
    public int run(Settings settings) {
        settings.needed(RunSettings.CHECKPOINT);
        Optional<Path> checkpoint = settings.path(RunSettings.CHECKPOINT);
        Optional<Job> job = settings.job(1);
        int threads = WorkerSettings.threads(settings);
        settings.check();

        Evaluation evaluation =
                EvaluationRun.run(job.orElseThrow(), checkpoint.orElseThrow(), WorkerSettings.threads(threads, 1));
        System.out.printf(
                Locale.ROOT,
                "test accuracy  %.2f %%  on %d examples%ntest loss      %.4g%n",
                100 * evaluation.accuracy(),
                evaluation.examples(),
                evaluation.loss());
        evaluation
                .others()
                .forEach((way, scores) -> System.out.printf(
                        Locale.ROOT,
                        "%-23s test accuracy %.2f %%, test loss %.4g%n",
                        name(way),
                        100 * scores.accuracy(),
                        scores.loss()));
        return ExitCode.DONE;
    }

    private static String name(Other way) {
        return switch (way) {
            case PRECISE -> "by precise statistics:";
            case BATCH -> "by batch statistics:";
            case EMA -> "average of the weights:";
        };
    }
}
