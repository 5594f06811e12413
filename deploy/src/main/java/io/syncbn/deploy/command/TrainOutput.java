package io.syncbn.deploy.command;

import io.syncbn.deploy.launch.Progress;
import io.syncbn.deploy.launch.RunDirectory;
import io.syncbn.deploy.launch.Summary;
import io.syncbn.deploy.settings.RunSettings;
import io.syncbn.deploy.settings.Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/**
 * What {@code train} prints beside errors, which always come to standard error.
 *
 * @param out for the result
 * @param err for all that is said until then
 * @param isQuiet whether nothing is said until then
 * @param isJson whether the result is for programs
 */
record TrainOutput(PrintStream out, PrintStream err, boolean isQuiet, boolean isJson) {
    private static final String JSON = "json";

    static TrainOutput of(Settings settings) {
        boolean isJson =
                settings.choice(RunSettings.OUTPUT, List.of("text", JSON)).equals(JSON);
        return new TrainOutput(System.out, System.err, settings.flag(RunSettings.QUIET), isJson);
    }

    /** Says something that is over when the result is there. */
    void note(String text) {
        if (!isQuiet) {
            err.println(text);
        }
    }

    /** Prints a part of the result that is for people only. */
    void tell(String line) {
        if (isJson) {
            note(line);
        } else {
            out.println(line);
        }
    }

    Progress progress(Training training) {
        return isQuiet
                ? Progress.hidden(training.run(), training.job().batches().length())
                : Progress.of(
                        training.run(),
                        training.job().batches().length(),
                        err,
                        Boolean.getBoolean("syncbn.terminal"),
                        Training::nowMillis);
    }

    void result(RunDirectory run) throws IOException {
        if (isJson) {
            out.println(run.resultText().strip());
        } else {
            Summary.of(run).forEach(out::println);
        }
    }
}
