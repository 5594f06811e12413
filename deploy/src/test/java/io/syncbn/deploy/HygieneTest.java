package io.syncbn.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a reader should never have to meet. */
class HygieneTest {
    private static final int MOST_LINES = 400;
    private static final Set<String> MODULES = Set.of("proto", "coordinator", "worker", "deploy");
    private static final Set<String> TEXTS = Set.of("java", "proto", "xml", "md", "yaml", "yml", "sh", "py", "json");

    /** Put together so that this file does not hold them itself. */
    private static final Pattern MARKERS = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b");

    /** Digits of a format are those of its locale, and case is a matter of language. */
    private static final Pattern IN_SOME_LOCALE = Pattern.compile(String.join(
            "|",
            "(String\\.format|\\.printf)\\(\\s*+(?!Locale\\.)",
            "\\.formatted\\(",
            "\\.to(Lower|Upper)Case\\(\\s*\\)",
            "DateTimeFormatter\\.ofPattern\\([^,()]*\\)",
            "MessageFormat\\.format\\(",
            "new (DecimalFormat|SimpleDateFormat|Formatter|Scanner)\\(",
            "NumberFormat\\.get\\w*\\(\\s*\\)",
            "DateFormat\\.get"));

    @Test
    void formatsNameTheirLocale() throws IOException {
        assertThat(sources(file -> file.toString().endsWith(".java")
                        && IN_SOME_LOCALE.matcher(Files.readString(file)).find()))
                .as("files whose text depends on where they run")
                .isEmpty();
    }

    @Test
    void classesAreShort() throws IOException {
        assertThat(sources(file -> file.toString().endsWith(".java")
                        && Files.readAllLines(file).size() > MOST_LINES))
                .as("classes of more than %d lines", MOST_LINES)
                .isEmpty();
    }

    @Test
    void nothingIsLeftOpenInTheText() throws IOException {
        assertThat(sources(file -> MARKERS.matcher(Files.readString(file)).find()))
                .as("files with marker words")
                .isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIs() throws IOException {
        assertThat(sources(file -> file.toString().contains("/src/main/java/")
                                && !Files.exists(file.resolveSibling("package-info.java")))
                        .stream()
                        .map(Path::getParent)
                        .distinct())
                .as("packages without package-info.java")
                .isEmpty();
    }

    private interface Fault {
        boolean isIn(Path file) throws IOException;
    }

    /** The files of the project that have a fault. */
    private static List<Path> sources(Fault fault) throws IOException {
        List<Path> sources = sources();
        assertThat(sources).hasSizeGreaterThan(20);
        List<Path> faulty = new ArrayList<>();
        for (Path source : sources) {
            if (fault.isIn(source)) {
                faulty.add(source);
            }
        }
        return faulty;
    }

    private static List<Path> sources() throws IOException {
        Path root = Path.of("").toAbsolutePath().getParent();
        try (Stream<Path> files = Stream.concat(
                Files.list(root), MODULES.stream().map(root::resolve).flatMap(HygieneTest::walk))) {
            return files.filter(HygieneTest::isText).sorted().toList();
        }
    }

    private static Stream<Path> walk(Path module) {
        try {
            return Files.walk(module).filter(file -> !file.startsWith(module.resolve("target")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isText(Path file) {
        String name = file.getFileName().toString();
        return Files.isRegularFile(file)
                && (TEXTS.contains(name.substring(name.lastIndexOf('.') + 1))
                        || file.getParent().endsWith("bin"));
    }
}
