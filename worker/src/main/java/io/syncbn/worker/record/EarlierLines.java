package io.syncbn.worker.record;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a run's metrics.jsonl says of the steps before a listener begins. A listener tells of them what the one before it
 * did not come to tell, because its process was killed, or what it tells was closed to it.
 */
final class EarlierLines {
    private EarlierLines() {}

    /**
     * Gives the lines of steps and evaluations up to a step, in their order; none if there is no file. Leaves out what
     * is torn.
     *
     * @param run directory
     * @throws RecordException if the file cannot be read
     */
    static void upTo(long last, Path run, Consumer<JsonNode> lines) {
        Path file = run.resolve("metrics.jsonl");
        if (last == 0 || !Files.exists(file)) {
            return;
        }
        for (String text : texts(file)) {
            JsonNode line = JsonText.parse(text);
            long step = line.path("step").asLong();
            if (step > 0 && step <= last) {
                lines.accept(line);
            }
        }
    }

    private static List<String> texts(Path file) {
        try {
            return RunHistory.texts(file);
        } catch (IOException e) {
            throw new RecordException(FileFault.cannotRead(file, e), e);
        }
    }
}
