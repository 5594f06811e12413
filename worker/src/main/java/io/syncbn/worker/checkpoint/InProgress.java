package io.syncbn.worker.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hidden name of a directory in progress: {@code .NAME.HOST-PROCESS-NUMBER.partial} is being made or deleted, and worth
 * nothing; {@code .NAME.HOST-PROCESS-NUMBER.replaced} makes way for a new NAME, and is worth keeping until that is there.
 *
 * @param name of the directory that it is about
 * @param isReplaced whether it makes way
 */
record InProgress(String name, Writer writer, boolean isReplaced) {
    private static final String PARTIAL = ".partial";
    private static final String REPLACED = ".replaced";
    private static final Pattern NAME = Pattern.compile("\\.([^.]+)\\.(.+)-(\\d{1,18})-\\d+\\.(partial|replaced)");

    /** What a path's name says, if it is one of these. */
    static Optional<InProgress> of(Path path) {
        Matcher matcher = NAME.matcher(path.getFileName().toString());
        return matcher.matches()
                ? Optional.of(new InProgress(
                        matcher.group(1),
                        new Writer(matcher.group(2), Long.parseLong(matcher.group(3))),
                        matcher.group(4).equals("replaced")))
                : Optional.empty();
    }

    /** A partial name that nobody has: a process that had this one's number may have left some. */
    static Path partial(Path directory, Writer writer) {
        int number = 0;
        Path path;
        do {
            String name = "." + directory.getFileName() + "." + writer + "-" + number + PARTIAL;
            path = directory.resolveSibling(name);
            number++;
        } while (Files.exists(path) || Files.exists(replacedBy(path)));
        return path;
    }

    /** Where the directory goes that a partial one is to replace. */
    static Path replacedBy(Path partial) {
        String name = partial.getFileName().toString();
        return partial.resolveSibling(name.substring(0, name.length() - PARTIAL.length()) + REPLACED);
    }
}
