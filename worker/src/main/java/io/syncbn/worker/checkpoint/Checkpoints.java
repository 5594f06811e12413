package io.syncbn.worker.checkpoint;

import io.syncbn.proto.job.Fingerprint;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The checkpoints of one run, in {@code RUN/checkpoints}.
 *
 * <p>Step 0 and the newest ones are kept. A crash at any moment leaves complete checkpoints only. Used by one thread at
 * a time; a stalled writer that has been replaced may resume and write concurrently, which harms neither.
 */
public final class Checkpoints {
    private static final String DIRECTORY = "checkpoints";
    private static final Pattern STEP = Pattern.compile("step-(\\d{8,18})");

    private static final Logger LOG = System.getLogger("io.syncbn.worker");

    private final Path directory;
    private final int keep;
    private final Writer writer;
    /** Steps whose checkpoints this object has written or read. */
    private final Set<Long> known = new HashSet<>();

    /**
     * @param run directory, made when needed
     * @param keep how many of the newest whole checkpoints stay, besides step 0
     */
    public Checkpoints(Path run, int keep) {
        if (keep < 1) {
            throw new IllegalArgumentException("at least the newest checkpoint is kept, not " + keep);
        }
        this.directory = run.resolve(DIRECTORY);
        this.keep = keep;
        this.writer = Writer.ofThisProcess();
    }

    /**
     * Writes a checkpoint, replacing another one of the same step, unless that state is stored already; then
     * deletes those that are not kept. What cannot be deleted now is retried after the next write.
     *
     * @param epoch number of passes over the data that are done
     * @return the checkpoint's directory
     * @throws CheckpointException if it could not be written; then nothing of it is left
     */
    public Path write(ModelState state, long epoch, Origin origin) {
        Path target = directory.resolve(name(state.step()));
        Map<String, byte[]> files = tensors(state);
        CheckpointInfo info = info(state, epoch, origin, files);
        files.put(Checkpoint.STATE_FILE, info.encode());
        try {
            Files.createDirectories(directory);
            if (!holds(target, info)) {
                AtomicDirectory.write(target, files, writer);
            }
        } catch (IOException e) {
            // Another writer of the same job may have written the same checkpoint meanwhile.
            if (!holds(target, info)) {
                throw CheckpointException.cannot("write checkpoint", target, e);
            }
        }
        known.add(state.step());
        tidy(state.step());
        return target;
    }

    private static Map<String, byte[]> tensors(ModelState state) {
        // Some programs refuse a file that does not say which framework's conventions it follows.
        Map<String, String> metadata = Map.of("format", "pt");
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(Checkpoint.MODEL_FILE, Safetensors.encode(state.modelTensors(), metadata));
        files.put(Checkpoint.OPTIMIZER_FILE, Safetensors.encode(state.optimizerTensors(), metadata));
        state.preciseTensors()
                .ifPresent(tensors -> files.put(Checkpoint.PRECISE_FILE, Safetensors.encode(tensors, metadata)));
        state.averageTensors()
                .ifPresent(tensors -> files.put(Checkpoint.AVERAGE_FILE, Safetensors.encode(tensors, metadata)));
        return files;
    }

    private static CheckpointInfo info(ModelState state, long epoch, Origin origin, Map<String, byte[]> files) {
        Map<String, String> digests = new TreeMap<>();
        files.forEach((name, content) -> digests.put(name, StateDigest.sha256(content)));
        return new CheckpointInfo(
                CheckpointInfo.FORMAT_VERSION,
                state.step(),
                epoch,
                origin.job().determinism().seed(),
                Fingerprint.of(origin.job()),
                StateDigest.sha256(state),
                digests,
                origin.job().settings(),
                state.leftOutInARow(),
                origin.dataDigest(),
                origin.model(),
                origin.arithmetic(),
                origin.computedWith(),
                state.notes().data().map(origin.data()::with).orElse(origin.data()));
    }

    private static boolean holds(Path target, CheckpointInfo info) {
        try {
            return Files.isDirectory(target) && Checkpoint.read(target).info().holds(info);
        } catch (CheckpointException e) {
            return false;
        }
    }

    /** Whether a checkpoint is what was written. */
    static boolean isWhole(Path checkpoint) {
        try {
            Checkpoint.read(checkpoint);
            return true;
        } catch (CheckpointException e) {
            return false;
        }
    }

    private void tidy(long written) {
        try {
            Leftovers.clear(directory, writer);
            prune(written);
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    CheckpointException.cannot("delete old checkpoints in", directory, e)
                            .getMessage());
        }
    }

    /**
     * Deletes old checkpoints. Damaged ones do not count as kept, so they never displace a whole one; nor do those of
     * later steps, left by a longer earlier run, displace the one just written.
     */
    private void prune(long written) throws IOException {
        NavigableMap<Long, Path> older = new TreeMap<>(steps(directory).headMap(written, false));
        older.remove(0L);
        if (older.size() < keep) {
            return;
        }
        int whole = 1;
        for (Map.Entry<Long, Path> each : older.descendingMap().entrySet()) {
            if (whole == keep) {
                AtomicDirectory.delete(each.getValue(), writer);
                known.remove(each.getKey());
            } else if (known.contains(each.getKey()) || isWhole(each.getValue())) {
                known.add(each.getKey());
                whole++;
            }
        }
    }

    /** Where the checkpoints are: a run directory's {@code checkpoints}, or the given one itself. */
    static Path directoryIn(Path given) {
        return Files.isDirectory(given.resolve(DIRECTORY)) ? given.resolve(DIRECTORY) : given;
    }

    static String name(long step) {
        return String.format(Locale.ROOT, "step-%08d", step);
    }

    static boolean isStep(Path name) {
        return name != null && STEP.matcher(name.toString()).matches();
    }

    /** Checkpoints by step, whole or not. */
    static NavigableMap<Long, Path> steps(Path directory) throws IOException {
        NavigableMap<Long, Path> steps = new TreeMap<>();
        for (Path child : AtomicDirectory.children(directory)) {
            Matcher matcher = STEP.matcher(child.getFileName().toString());
            if (matcher.matches() && Files.isDirectory(child)) {
                steps.put(Long.parseLong(matcher.group(1)), child);
            }
        }
        return steps;
    }
}
