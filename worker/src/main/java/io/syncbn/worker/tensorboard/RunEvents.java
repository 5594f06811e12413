package io.syncbn.worker.tensorboard;

import com.fasterxml.jackson.databind.JsonNode;
import io.syncbn.proto.net.OwnHost;
import io.syncbn.proto.tensorboard.Event;
import io.syncbn.proto.tensorboard.SessionLog;
import io.syncbn.proto.tensorboard.SessionLog.SessionStatus;
import io.syncbn.proto.tensorboard.SourceMetadata;
import io.syncbn.proto.tensorboard.Summary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The event files of one run, in a directory of its own; whoever writes them has a file of its own there. A new file
 * begins with a restart (SessionLog START) behind the last step that is done, so that readers drop what earlier files say
 * about steps that are repeated, and keep what the writer before may yet write of earlier ones. The file is made with the
 * first line or histogram, even where an earlier file turns out to have that line. Not thread-safe.
 *
 * <p>Times are in milliseconds since 1970.
 */
public final class RunEvents implements AutoCloseable {
    private static final String VERSION = "brain.Event:2";
    private static final double MILLIS = 1000;

    private final Path directory;
    private final Map<String, String> settings;
    private final long done;
    /** Null before the first event. */
    private EventFile file;

    private long trained;
    private long evaluated;

    /**
     * @param settings the job's, by name
     * @param done the last step done before; what earlier files say about later ones is replaced
     */
    public RunEvents(Path directory, Map<String, String> settings, long done) {
        this.directory = directory;
        this.settings = settings;
        this.done = done;
    }

    /** Whether a directory has event files. */
    public static boolean areIn(Path directory) throws IOException {
        return !EventFile.all(directory).isEmpty();
    }

    /** A line of metrics.jsonl, of a step or an evaluation; nothing happens if an earlier file has it. */
    public void line(JsonNode line, long millis) throws IOException {
        long step = line.path("step").asLong();
        open(millis);
        boolean isEvaluation = Scalars.isEvaluation(line);
        if (step <= (isEvaluation ? evaluated : trained)) {
            return;
        }
        file.write(List.of(event(step, millis).setSummary(Scalars.summary(line)).build()));
        if (isEvaluation) {
            evaluated = step;
        } else {
            trained = step;
        }
    }

    /** Histograms of numbers, by tag; nothing happens without one that is finite. */
    public void histograms(long step, Map<String, float[]> numbers, long millis) throws IOException {
        Summary.Builder summary = Summary.newBuilder();
        numbers.forEach((tag, of) -> Histogram.of(of)
                .ifPresent(histogram ->
                        summary.addValue(Summary.Value.newBuilder().setTag(tag).setHisto(histogram))));
        if (summary.getValueCount() > 0) {
            open(millis);
            file.write(List.of(event(step, millis).setSummary(summary).build()));
        }
    }

    /** The job is done. */
    public void done(long step, long millis) throws IOException {
        open(millis);
        file.write(List.of(
                event(step, millis).setSummary(HParams.end(millis / MILLIS)).build()));
    }

    private void open(long millis) throws IOException {
        if (file != null) {
            return;
        }
        List<Path> earlier = EventFile.all(directory);
        RecordedSteps steps = RecordedSteps.in(earlier);
        trained = Math.min(steps.trained(), done);
        evaluated = Math.min(steps.evaluated(), done);
        List<Event> begin = new ArrayList<>();
        begin.add(event(0, millis)
                .setFileVersion(VERSION)
                .setSourceMetadata(SourceMetadata.newBuilder().setWriter("io.syncbn"))
                .build());
        if (!earlier.isEmpty()) {
            begin.add(event(done + 1, millis)
                    .setSessionLog(SessionLog.newBuilder().setStatus(SessionStatus.START))
                    .build());
        }
        begin.add(event(0, millis)
                .setSummary(HParams.begin(settings, millis / MILLIS))
                .build());
        EventFile made = EventFile.create(directory, OwnHost.name().orElse("unknown"), millis);
        try {
            made.write(begin);
        } catch (IOException e) {
            made.discard();
            throw e;
        }
        file = made;
    }

    private static Event.Builder event(long step, long millis) {
        return Event.newBuilder().setStep(step).setWallTime(millis / MILLIS);
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
