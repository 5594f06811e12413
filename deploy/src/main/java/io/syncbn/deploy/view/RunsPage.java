package io.syncbn.deploy.view;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.net.Address;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The page of runs that have directories, and may still grow. */
public final class RunsPage implements AutoCloseable {
    private final PageHost host;

    /**
     * Begins to serve.
     *
     * @param bind where; port 0 for any that is free
     * @param runs their directories
     * @throws IOException with a message for the user
     */
    public RunsPage(Address bind, Map<Path, Job> runs) throws IOException {
        host = new PageHost(bind, read(runs));
    }

    private static List<PageSource> read(Map<Path, Job> runs) {
        List<PageSource> sources = runs.entrySet().stream()
                .<PageSource>map(run -> new RunFollower(run.getKey(), run.getValue()))
                .toList();
        sources.forEach(PageSource::refresh);
        return sources;
    }

    /** The page as one file, which holds its data. */
    public static String html(Map<Path, Job> runs) {
        return Page.with(PageHost.text(read(runs)));
    }

    public String url() {
        return host.url();
    }

    @Override
    public void close() {
        host.close();
    }
}
