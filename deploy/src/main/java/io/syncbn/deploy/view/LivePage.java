package io.syncbn.deploy.view;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.syncbn.coordinator.journal.EventLine;
import io.syncbn.coordinator.membership.Effect;
import io.syncbn.coordinator.service.Spectator;
import io.syncbn.deploy.launch.RunDirectory;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.v1.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The page of a live job, served by its coordinator: from what the coordinator sees, without any file of the workers. What
 * the coordinator's own directory has of the time before it was started is read once.
 */
public final class LivePage implements Spectator, AutoCloseable {
    private final Coordinated source;
    private final PageHost host;

    /** The job as this coordinator sees it. */
    private static final class Coordinated implements PageSource {
        private final Story story;
        private final Optional<Path> directory;
        private final Optional<ReportLog> log;
        private final Optional<FaultsFile> faults;

        Coordinated(Job job, Optional<Path> directory) {
            this.directory = directory;
            this.story = new Story(directory.map(Path::toString).orElse("the job"), job);
            directory.ifPresent(run -> new RunFollower(run, story).refresh());
            this.log = directory.map(run -> new ReportLog(new RunDirectory(run).workers(), System.currentTimeMillis()));
            this.faults = directory.map(run -> new FaultsFile(new RunDirectory(run).chaos()));
        }

        @Override
        public Story story() {
            return story;
        }

        /** All else is told by the coordinator. */
        @Override
        public void refresh() {
            faults.ifPresent(file -> file.refresh(story));
        }

        @Override
        public String lines(String file, String place) {
            return directory
                    .map(run -> RunLines.near(run, file, place))
                    .orElse("this coordinator has no run directory: --journal names no events.jsonl\n");
        }
    }

    /**
     * Begins to serve.
     *
     * @param bind where; port 0 for any that is free
     * @param directory of the run, whose events.jsonl is the coordinator's journal, and to which workers.jsonl goes too;
     *     empty for none
     * @throws IOException with a message for the user
     */
    public LivePage(Address bind, Job job, Optional<Path> directory) throws IOException {
        source = new Coordinated(job, directory);
        host = new PageHost(bind, List.of(source));
    }

    public String url() {
        return host.url();
    }

    @Override
    public void noted(Effect.Note note) {
        long nowMillis = System.currentTimeMillis();
        host.execute(() -> source.story().event(EventLine.json(nowMillis, note)));
    }

    @Override
    public void reported(String worker, long generation, Report report) {
        long nowMillis = System.currentTimeMillis();
        host.execute(() -> {
            source.story().report(ReportLine.of(nowMillis, worker, generation, report));
            source.log.ifPresent(log -> log.add(nowMillis, worker, generation, report));
        });
    }

    @Override
    public void compared(String worker, long step, String digest) {
        ObjectNode line = ReportLine.ofDigest(System.currentTimeMillis(), worker, step, digest);
        host.execute(() -> {
            source.story().report(line);
            source.log.ifPresent(log -> log.add(line));
        });
    }

    /** Ends serving, once what has happened is written. */
    @Override
    public void close() {
        host.finish(() -> source.log.ifPresent(ReportLog::close));
    }
}
