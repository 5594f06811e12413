package io.syncbn.worker.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hidden names of work in progress: {@code .NAME.WRITER-NUMBER.partial} is being made or deleted, and can be
 * discarded; {@code .NAME.WRITER-NUMBER.replaced} is the old NAME, to be kept until the new one is in place; {@code
 * .NAME.WRITER-NUMBER.claim} is the {@linkplain Claim claim} to both.
 *
 * @param name of the file or directory that it is about
 * @param base of the three names
 * @param writer as in {@link Writer#toString}
 */
record InProgress(String name, String base, String writer) {
    private static final Pattern NAME =
            Pattern.compile("(\\.(.+)\\.([^.]+-\\d{1,19}-[0-9a-f]{16})-\\d+)\\.(?:partial|replaced|claim)");

    /** Parses a path's name; empty if it is none of these. */
    static Optional<InProgress> of(Path path) {
        Matcher matcher = NAME.matcher(path.getFileName().toString());
        return matcher.matches()
                ? Optional.of(new InProgress(matcher.group(2), matcher.group(1), matcher.group(3)))
                : Optional.empty();
    }

    /** An unused base; failed work may have left files under others. */
    static Path base(Path target, Writer writer) {
        int number = 0;
        Path base;
        do {
            base = target.resolveSibling("." + target.getFileName() + "." + writer + "-" + number);
            number++;
        } while (Files.exists(partial(base)) || Files.exists(replaced(base)) || Files.exists(claim(base)));
        return base;
    }

    static Path partial(Path base) {
        return with(base, ".partial");
    }

    static Path replaced(Path base) {
        return with(base, ".replaced");
    }

    static Path claim(Path base) {
        return with(base, ".claim");
    }

    private static Path with(Path base, String suffix) {
        return base.resolveSibling(base.getFileName() + suffix);
    }
}
