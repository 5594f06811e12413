package io.syncbn.deploy.settings;

import io.syncbn.proto.job.Job;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Settings that say where something is. */
public final class Places {
    private Places() {}

    /**
     * The texts of a job with every path made absolute, so that they mean the same from any directory.
     *
     * @param texts by name, those of the job among them
     */
    public static Map<String, String> absolute(Map<String, String> texts, Job job) {
        Map<String, String> absolute = new LinkedHashMap<>(texts);
        if (!job.data().source().path().isEmpty()) {
            absolute.put(
                    "data",
                    new Job.DataSource(
                                    job.data().source().format(),
                                    absolute(job.data().source().path()))
                            .toString());
        }
        job.model().init().ifPresent(file -> absolute.put("init", absolute(file)));
        absolute.computeIfPresent(RunSettings.TENSORBOARD.name(), (name, directory) -> absolute(directory));
        return absolute;
    }

    private static String absolute(String path) {
        return Path.of(path).toAbsolutePath().toString();
    }
}
