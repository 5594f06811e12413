package io.syncbn.worker.checkpoint;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Which checkpoint to go on from: the newest one that is whole. */
final class NewestCheckpoint {
    private static final Logger LOG = System.getLogger("io.syncbn.worker");

    private NewestCheckpoint() {}

    /** See {@link Checkpoint#open}. */
    static Checkpoint of(Path given) {
        boolean isOne = Files.exists(given.resolve(Checkpoint.STATE_FILE)) || Checkpoints.isStep(given.getFileName());
        return isOne ? one(given) : newest(given, Long.MAX_VALUE);
    }

    /** See {@link Checkpoint#open(Path, long)}. */
    static Checkpoint of(Path run, long lastStep) {
        return newest(run, lastStep);
    }

    private static Checkpoint newest(Path given, long lastStep) {
        Path directory = Checkpoints.directoryIn(given);
        NavigableMap<Long, Path> steps = steps(directory);
        if (steps.isEmpty()) {
            throw CheckpointException.of(
                    given,
                    "expected a run directory, its checkpoints, or one checkpoint, found "
                            + (Files.isDirectory(given) ? "no step-NNNNNNNN in it" : "no such directory"));
        }
        List<String> faults = new ArrayList<>();
        Throwable ofDisk = null;
        List<Path> candidates =
                new ArrayList<>(steps.headMap(lastStep, true).descendingMap().values());
        candidates.addAll(steps.tailMap(lastStep, false).descendingMap().values());
        for (Path step : candidates) {
            try {
                return Checkpoint.read(step);
            } catch (CheckpointException e) {
                LOG.log(Level.WARNING, "a checkpoint is not whole and is passed over: " + e.getMessage());
                faults.add(e.getMessage());
                ofDisk = e.getCause() instanceof IOException ? e.getCause() : ofDisk;
            }
        }
        throw CheckpointException.of(
                directory,
                "no checkpoint in it is whole (" + steps.size() + ")\n  " + String.join("\n  ", faults),
                ofDisk);
    }

    private static Checkpoint one(Path given) {
        try {
            return Checkpoint.read(given);
        } catch (CheckpointException e) {
            throw before(given)
                    .map(whole -> e.withHint("the newest one before it that is whole: " + whole.directory()))
                    .orElse(e);
        }
    }

    private static Optional<Checkpoint> before(Path given) {
        Path absolute = given.toAbsolutePath().normalize();
        if (!Checkpoints.isStep(absolute.getFileName())) {
            return Optional.empty();
        }
        for (Path step : steps(absolute.getParent()).descendingMap().values()) {
            if (step.getFileName().compareTo(absolute.getFileName()) < 0 && Checkpoints.isWhole(step)) {
                return Optional.of(Checkpoint.read(step));
            }
        }
        return Optional.empty();
    }

    private static NavigableMap<Long, Path> steps(Path directory) {
        try {
            return Files.isDirectory(directory) ? Checkpoints.steps(directory) : new TreeMap<>();
        } catch (IOException e) {
            throw CheckpointException.cannot("read", directory, e);
        }
    }
}
