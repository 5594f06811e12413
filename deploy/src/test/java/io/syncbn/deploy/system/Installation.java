package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The classes of processes under test. Once syncbn is packaged, those are the package's, with its archive of classes, as
 * users run it: a start takes half the time. A test that is run alone, without packaging, takes this JVM's own.
 */
final class Installation {
    /** Set by the build where the package is up to date. */
    private static final Optional<Path> PACKAGE =
            Optional.ofNullable(System.getProperty("syncbn.package")).map(Path::of);

    private static final List<String> FLAGS = PACKAGE.map(Installation::archive).orElse(List.of());

    private Installation() {}

    /** What to put after {@code -cp}; models of the tests are behind the package's jars. */
    static String classPath() {
        return PACKAGE.map(home -> home.resolve("lib") + "/*" + File.pathSeparator
                        + Path.of("target/test-classes").toAbsolutePath())
                .orElse(System.getProperty("java.class.path"));
    }

    /** Flags of the JVM, which it passes on to its children. */
    static List<String> flags() {
        return FLAGS;
    }

    /** Has the package make its archive beside it, unless it has one; no flag if this Java can make none. */
    private static List<String> archive(Path home) {
        Path cache = home.resolveSibling("cache");
        ProcessBuilder builder = new ProcessBuilder(home.resolve("bin/syncbn").toString(), "train", "--help")
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("XDG_CACHE_HOME", cache.toString());
        try {
            Process process = builder.start();
            assertThat(process.waitFor(Syncbn.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("%s ends", builder.command())
                    .isTrue();
            assertThat(process.exitValue())
                    .as("exit code of %s", builder.command())
                    .isZero();
            try (Stream<Path> files = Files.list(cache.resolve("syncbn"))) {
                return files.filter(file -> file.toString().endsWith(".jsa")
                                && file.toFile().length() > 0)
                        .findFirst()
                        .map(archive -> List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds*=off"))
                        .orElse(List.of());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
