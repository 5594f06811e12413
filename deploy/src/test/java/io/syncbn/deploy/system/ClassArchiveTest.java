package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The archive of classes that {@code bin/syncbn} makes, with a real Java and a real package. */
@Timeout(300)
class ClassArchiveTest {
    /** Printed by this Java for each class that it took from an archive. */
    private static final String FROM_ARCHIVE = "io.syncbn.deploy.command.Main source: shared objects file";

    @TempDir
    private Path directory;

    /** A package of what this test runs with; directories of classes become jars, as no archive holds others. */
    @BeforeEach
    void pack() throws IOException {
        Path lib = Files.createDirectories(directory.resolve("package/lib"));
        int number = 0;
        for (String element : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(element);
            number++;
            if (Files.isRegularFile(path)) {
                Files.createSymbolicLink(lib.resolve("library-" + number + ".jar"), path);
            } else if (Files.isDirectory(path) && !path.endsWith("test-classes")) {
                writeJar(lib.resolve("syncbn-" + number + ".jar"), path);
            }
        }
        Path bin = Files.createDirectories(directory.resolve("package/bin"));
        Path script = Files.copy(Path.of("bin/syncbn"), bin.resolve("syncbn"));
        assertThat(script.toFile().setExecutable(true)).isTrue();
    }

    /** JUnit warns of each that it would delete. */
    @AfterEach
    void removeLinks() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("package/lib"))) {
            for (Path link : files.filter(Files::isSymbolicLink).toList()) {
                Files.delete(link);
            }
        }
    }

    @Test
    void twoFirstRunsAtOnceLeaveOneAndADamagedOneHarmsNobody() throws Exception {
        Run one = train("one");
        Run other = train("other");
        assertThat(one.output()).contains("preparing for fast starts", "test accuracy");
        assertThat(other.output()).contains("test accuracy");
        Path archive = onlyArchive();
        assertThat(archive).isNotEmptyFile();
        assertThat(start("-Xlog:class+load", "--version").output()).contains(FROM_ARCHIVE);

        assertThat(archive.toFile().setWritable(true)).isTrue();
        for (int length : new int[] {100_000, 1}) {
            try (FileChannel file = FileChannel.open(archive, StandardOpenOption.WRITE)) {
                file.truncate(length);
            }
            assertThat(start("", "--version").output()).matches("syncbn [0-9.]+\n");
        }
    }

    private Path onlyArchive() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("cache/syncbn"))) {
            List<Path> all = files.filter(file -> !file.endsWith("natives")).toList();
            assertThat(all).hasSize(1);
            return all.get(0);
        }
    }

    private Run train(String run) throws IOException {
        String out = directory.resolve(run).toString();
        return start("", "train", "--workers", "1", "--model", "lenet", "--steps", "1", "--out", out);
    }

    private record Run(Process process, Path file) {
        String output() throws Exception {
            assertThat(process.waitFor(Syncbn.PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                    .isTrue();
            String output = Files.readString(file);
            assertThat(process.exitValue()).as(output).isZero();
            return output;
        }
    }

    private Run start(String javaOptions, String... arguments) throws IOException {
        Path file = Files.createTempFile(directory, "output", "");
        List<String> command =
                new ArrayList<>(List.of(directory.resolve("package/bin/syncbn").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(file.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("XDG_CACHE_HOME", directory.resolve("cache").toString());
        builder.environment().put("SYNCBN_JAVA_OPTS", javaOptions);
        return new Run(builder.start(), file);
    }

    private static void writeJar(Path jar, Path classes) throws IOException {
        try (Stream<Path> files = Files.walk(classes);
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
                Files.copy(file, out);
            }
        }
    }
}
