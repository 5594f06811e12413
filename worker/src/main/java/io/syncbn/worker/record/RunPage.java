package io.syncbn.worker.record;

import io.syncbn.proto.job.Job;
import java.nio.file.Path;

/** Makes the page of a run. */
@FunctionalInterface
public interface RunPage {
    /**
     * The page as one file that needs nothing else.
     *
     * @param run its directory
     */
    String html(Path run, Job job);
}
