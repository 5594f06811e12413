package io.syncbn.worker.checkpoint;

import io.syncbn.proto.job.Fingerprint;
import io.syncbn.proto.job.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The checkpoints of one run, in {@code RUN/checkpoints}.
 *
 * <p>Step 0 and the newest ones are kept. One thread of one process writes; a crash at any moment leaves complete
 * checkpoints only.
 */
public final class Checkpoints {
    private static final String DIRECTORY = "checkpoints";
    private static final Pattern STEP = Pattern.compile("step-(\\d{8,18})");

    private final Path directory;
    private final int keep;

    /**
     * @param run directory, made when needed
     * @param keep how many of the newest checkpoints stay, besides step 0
     */
    public Checkpoints(Path run, int keep) {
        if (keep < 1) {
            throw new IllegalArgumentException("at least the newest checkpoint is kept, not " + keep);
        }
        this.directory = run.resolve(DIRECTORY);
        this.keep = keep;
    }

    /**
     * Writes a checkpoint, replacing one of the same step, then deletes those that are not kept.
     *
     * @param epoch number of passes over the data that are done
     * @return the checkpoint's directory
     * @throws CheckpointException if it could not be written; then nothing of it is there
     */
    public Path write(ModelState state, long epoch, Job job) {
        Path target = directory.resolve(name(state.step()));
        try {
            Files.createDirectories(directory);
            AtomicDirectory.clear(directory);
            AtomicDirectory.write(target, files(state, epoch, job));
            prune(state.step());
            return target;
        } catch (IOException e) {
            throw CheckpointException.cannot("write checkpoint", target, e);
        }
    }

    private static Map<String, byte[]> files(ModelState state, long epoch, Job job) {
        // Some programs refuse a file that does not say which framework's conventions it follows.
        Map<String, String> metadata = Map.of("format", "pt");
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(Checkpoint.MODEL_FILE, Safetensors.encode(state.modelTensors(), metadata));
        files.put(Checkpoint.OPTIMIZER_FILE, Safetensors.encode(state.optimizerTensors(), metadata));
        Map<String, String> digests = new TreeMap<>();
        files.forEach((name, content) -> digests.put(name, StateDigest.sha256(content)));
        CheckpointInfo info = new CheckpointInfo(
                CheckpointInfo.FORMAT_VERSION,
                state.step(),
                epoch,
                job.seed(),
                Fingerprint.of(job),
                StateDigest.sha256(state),
                digests,
                job.settings());
        files.put(Checkpoint.STATE_FILE, info.encode());
        return files;
    }

    /** Deletes old ones. Those of later steps, which a longer earlier run left, do not push out the one just written. */
    private void prune(long written) throws IOException {
        NavigableMap<Long, Path> older = new TreeMap<>(steps(directory).headMap(written, false));
        older.remove(0L);
        while (older.size() > keep - 1) {
            AtomicDirectory.delete(older.pollFirstEntry().getValue());
        }
    }

    /** The newest checkpoint's directory in a run directory or its {@code checkpoints}, or the given one itself. */
    static Path latest(Path given) {
        if (Files.exists(given.resolve(Checkpoint.STATE_FILE)) || isStep(given.getFileName())) {
            return given;
        }
        Path directory = Files.isDirectory(given.resolve(DIRECTORY)) ? given.resolve(DIRECTORY) : given;
        try {
            NavigableMap<Long, Path> steps = Files.isDirectory(directory) ? steps(directory) : new TreeMap<>();
            if (steps.isEmpty()) {
                throw CheckpointException.of(
                        given,
                        "expected a run directory, its checkpoints, or one checkpoint, found "
                                + (Files.isDirectory(given) ? "no step-NNNNNNNN in it" : "no such directory"));
            }
            return steps.lastEntry().getValue();
        } catch (IOException e) {
            throw CheckpointException.cannot("read", directory, e);
        }
    }

    static String name(long step) {
        return String.format("step-%08d", step);
    }

    static boolean isStep(Path name) {
        return name != null && STEP.matcher(name.toString()).matches();
    }

    private static NavigableMap<Long, Path> steps(Path directory) throws IOException {
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
