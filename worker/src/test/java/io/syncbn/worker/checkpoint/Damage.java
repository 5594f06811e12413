package io.syncbn.worker.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** What disks and crashes do to a file of a checkpoint. */
interface Damage {
    void to(Path checkpoint) throws IOException;

    /** All kinds, by name. */
    static Map<String, Damage> all() {
        return new TreeMap<>(Map.of(
                "a flipped byte of the model", at -> flipAByte(at.resolve("model.safetensors")),
                "a flipped byte of the optimizer", at -> flipAByte(at.resolve("optimizer.safetensors")),
                "a flipped byte of the state", at -> flipAByte(at.resolve("state.json")),
                "a torn model", at -> tear(at.resolve("model.safetensors")),
                "an empty state", at -> Files.write(at.resolve("state.json"), new byte[0]),
                "an unreadable state", at -> Files.writeString(at.resolve("state.json"), "null"),
                "no model", at -> Files.delete(at.resolve("model.safetensors")),
                "no state", at -> Files.delete(at.resolve("state.json"))));
    }

    static void flipAByte(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        content[content.length / 2] ^= 1;
        Files.write(file, content);
    }

    private static void tear(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(content, content.length / 2));
    }
}
