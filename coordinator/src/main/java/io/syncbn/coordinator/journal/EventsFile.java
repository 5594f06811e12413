package io.syncbn.coordinator.journal;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.coordinator.membership.Effect;
import io.syncbn.coordinator.membership.Topic;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A job's {@code events.jsonl}, which only grows. Belongs to one thread.
 *
 * <p>That a generation begins is on the disk before this returns. If the file cannot be written to, that is said once, and
 * the job goes on: only a restart of the coordinator needs the file.
 */
public final class EventsFile implements Consumer<Effect.Note>, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.syncbn.coordinator");

    private final Path path;
    private final LongSupplier wallMillis;
    private final FileChannel channel;
    private final List<Effect.Note> earlier;
    private Runnable whenItFails = () -> {};
    private boolean isTorn;
    private boolean hasFailed;

    private EventsFile(
            Path path, LongSupplier wallMillis, FileChannel channel, List<Effect.Note> earlier, boolean isTorn) {
        this.path = path;
        this.wallMillis = wallMillis;
        this.channel = channel;
        this.earlier = earlier;
        this.isTorn = isTorn;
    }

    /**
     * Opens the file, which need not exist.
     *
     * @param wallMillis for people
     * @throws IOException with a message for the user
     */
    public static EventsFile open(Path path, LongSupplier wallMillis) throws IOException {
        try {
            if (path.toAbsolutePath().getParent() != null) {
                Files.createDirectories(path.toAbsolutePath().getParent());
            }
            String text = Files.exists(path) ? new String(Files.readAllBytes(path), StandardCharsets.UTF_8) : "";
            return new EventsFile(
                    path,
                    wallMillis,
                    FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                    notes(text),
                    !text.isEmpty() && !text.endsWith("\n"));
        } catch (IOException e) {
            throw new IOException("cannot keep a log of events in " + path + ": " + e.getMessage(), e);
        }
    }

    private static List<Effect.Note> notes(String text) {
        List<Effect.Note> notes = new ArrayList<>();
        if (!text.isEmpty()) {
            ObjectMapper mapper = new ObjectMapper();
            text.lines()
                    .map(line -> EventLine.read(mapper, line))
                    .flatMap(Optional::stream)
                    .forEach(notes::add);
        }
        return notes;
    }

    /** What the file held when it was opened. */
    public List<Effect.Note> earlier() {
        return earlier;
    }

    /** Says whom to tell of every event that cannot be written. */
    public void whenItFails(Runnable listener) {
        whenItFails = listener;
    }

    @Override
    public void accept(Effect.Note note) {
        String line = (isTorn ? "\n" : "") + EventLine.write(wallMillis.getAsLong(), note) + "\n";
        try {
            isTorn = true;
            ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            isTorn = false;
            if (note.topic() == Topic.GENERATION) {
                channel.force(false);
            }
        } catch (IOException e) {
            whenItFails.run();
            if (!hasFailed) {
                hasFailed = true;
                LOG.log(
                        Level.ERROR,
                        "events cannot be written to {0} any more ({1}); training goes on, but could not if the"
                                + " coordinator were started again",
                        path,
                        e.getMessage());
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
