package io.syncbn.worker.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Cleans up what writers left that died in the middle of their work. */
final class Leftovers {
    private Leftovers() {}

    /**
     * Finishes the work of writers that are gone: restores what was moved aside without being replaced, deletes the
     * rest.
     */
    static void clear(Path parent, Writer writer) throws IOException {
        List<InProgress> found = AtomicDirectory.children(parent).stream()
                .map(InProgress::of)
                .flatMap(Optional::stream)
                .filter(work -> !work.writer().equals(writer.toString()))
                .distinct()
                .toList();
        for (InProgress work : found) {
            Path base = parent.resolve(work.base());
            Optional<Claim> gone = Claim.takeOver(InProgress.claim(base), Instant.now());
            if (gone.isPresent()) {
                try (Claim claim = gone.get()) {
                    putBack(InProgress.replaced(base), parent.resolve(work.name()));
                    deleteTree(InProgress.replaced(base));
                    deleteTree(InProgress.partial(base));
                }
            }
        }
    }

    static void putBack(Path replaced, Path target) throws IOException {
        if (Files.exists(replaced) && !Files.exists(target)) {
            Files.move(replaced, target, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Deletes a tree, if it exists; another process may be deleting it too. */
    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> tree = Files.walk(root)) {
            deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
