package io.syncbn.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code bin/syncbn} in an unpacked package, with a Java that only tells how it was called. */
class ScriptTest {
    private static final String FAKE_JAVA = """
            #!/bin/sh
            case " $* " in *" -version "*)
                echo 'Picked up JAVA_TOOL_OPTIONS: -XX:"version' >&2
                echo 'openjdk version "%s" 2026-01-01' >&2
                exit
            esac
            for argument; do
                case $argument in
                    -XX:DumpLoadedClassList=*) touch "$(dirname "${argument#*=}")/1.classes"; exit ;;
                    -Xshare:dump) echo >>"$0.dumps"; dumps=yes ;;
                    -XX:SharedArchiveFile=*) archive=${argument#*=} ;;
                esac
            done
            if [ "${dumps:-}" ]; then
                echo archived >"$archive"
                exit "${FAIL:-0}"
            fi
            echo "threads $OMP_NUM_THREADS"
            for argument; do echo "$argument"; done
            """;

    @TempDir
    private Path directory;

    private Path script;

    @BeforeEach
    void unpack() throws IOException {
        Files.createDirectories(directory.resolve("package/lib"));
        Path bin = Files.createDirectories(directory.resolve("package/bin"));
        script = Files.copy(Path.of("bin/syncbn"), bin.resolve("syncbn"));
        assertThat(script.toFile().setExecutable(true)).isTrue();
    }

    @Test
    void startsJavaWithThePackagesJarsFromAnywhereThroughLinks() throws Exception {
        fakeJava("17.0.15");
        Path links = Files.createDirectories(directory.resolve("links"));
        Files.createSymbolicLink(links.resolve("first"), Path.of("../package/bin/syncbn"));
        Path second = Files.createSymbolicLink(links.resolve("second"), links.resolve("first"));

        Result result = run(second, "train", "--out", "with space");

        assertThat(result.exitCode()).isZero();
        assertThat(result.output().lines())
                .contains("threads 1", directory.toRealPath() + "/package/lib/*")
                .endsWith("io.syncbn.deploy.command.Main", "train", "--out", "with space");
    }

    @ParameterizedTest
    @CsvSource({"17.0.15, false, false", "22.0.1, true, false", "25, true, true"})
    void flagsFitTheVersion(String version, boolean nativeAccess, boolean unsafeMemory) throws Exception {
        fakeJava(version);
        String output = run(script, "worker").output();
        assertThat(output.contains("--enable-native-access=ALL-UNNAMED\n")).isEqualTo(nativeAccess);
        assertThat(output.contains("--sun-misc-unsafe-memory-access=allow\n")).isEqualTo(unsafeMemory);
        assertThat(output).contains("--add-modules\njdk.incubator.vector\n");
    }

    @Test
    void theLauncherItselfNeedsNoVectors() throws Exception {
        fakeJava("17.0.15");
        assertThat(run(script, "train").output()).doesNotContain("jdk.incubator.vector");
    }

    @Test
    void theFirstTrainingMakesAnArchiveOfClassesForThePackageAndTheJava() throws Exception {
        Path java = fakeJava("17.0.15");
        Files.writeString(directory.resolve("package/lib/syncbn-worker.jar"), "first");

        assertThat(run(script, "worker").output()).doesNotContain("SharedArchiveFile");
        Path first = archiveOf(run(script, "train"));
        assertThat(first.getParent()).isEqualTo(cache()).isDirectoryContaining("glob:**/classes-*.jsa");
        assertThat(archiveOf(run(script, "worker"))).isEqualTo(first);
        assertThat(archiveOf(run(script, "train"))).isEqualTo(first);

        Files.writeString(directory.resolve("package/lib/syncbn-worker.jar"), "other");
        Path second = archiveOf(run(script, "bench", "step"));
        assertThat(second).isNotEqualTo(first);
        assertThat(cache().toFile().list()).containsExactly(second.getFileName().toString());

        fakeJava("17.0.16");
        assertThat(archiveOf(run(script, "train"))).isNotEqualTo(second);
        assertThat(dumps(java)).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"--quiet, false", "--quiet=true, false", "--quiet=false, true", "--quite, true"})
    void whoAsksForQuietHearsNothingOfTheArchive(String flag, boolean isSaid) throws Exception {
        fakeJava("17.0.15");
        assertThat(run(script, "train", flag).output().contains("preparing for fast starts"))
                .isEqualTo(isSaid);
    }

    @Test
    void anArchiveThatCannotBeMadeIsNotTriedAgain() throws Exception {
        Path java = fakeJava("17.0.15");
        for (int run = 0; run < 2; run++) {
            Result result = run(Map.of("FAIL", "1"), script, "train");
            assertThat(result.exitCode()).isZero();
            assertThat(result.output()).contains("threads 1").doesNotContain("SharedArchiveFile");
        }
        assertThat(dumps(java)).isEqualTo(1);
    }

    @Test
    void withoutAPlaceForTheArchiveThereIsNone() throws Exception {
        fakeJava("17.0.15");
        Path file = Files.createFile(directory.resolve("file"));
        for (Map<String, String> environment :
                List.of(Map.of("XDG_CACHE_HOME", file.toString()), Map.of("XDG_CACHE_HOME", "", "HOME", ""))) {
            Result result = run(environment, script, "train");
            assertThat(result.exitCode()).isZero();
            assertThat(result.output()).startsWith("threads 1").doesNotContain("SharedArchiveFile");
        }
    }

    @Test
    void anOldJavaIsNamed() throws Exception {
        Path java = fakeJava("11.0.2");
        assertThat(run(script, "train"))
                .isEqualTo(new Result(2, "syncbn: " + java + " is Java 11; 17 or newer is needed\n"));
    }

    @Test
    void aJavaHomeWithoutJavaIsNamed() throws Exception {
        assertThat(run(script, "train"))
                .isEqualTo(new Result(2, "syncbn: JAVA_HOME is " + javaHome() + ", but there is no bin/java in it\n"));
    }

    @ParameterizedTest
    @CsvSource({
        "SYNCBN_JAVA_OPTS, -XX:+UseParallelGC, 'UseSerialGC,Xmn32m'",
        "JAVA_TOOL_OPTIONS, -Dx=y -XX:+UseG1GC, 'UseSerialGC,Xmn32m'",
        "JDK_JAVA_OPTIONS, -XX:+UseZGC, 'UseSerialGC,Xmn32m'",
        "_JAVA_OPTIONS, -XX:+UseShenandoahGC, 'UseSerialGC,Xmn32m'",
        "SYNCBN_JAVA_OPTS, -Xmx64m, 'Xms96m,Xmn32m'",
        "JAVA_TOOL_OPTIONS, -XX:MaxHeapSize=50000000, 'Xms96m,Xmn32m'",
        "JAVA_TOOL_OPTIONS, -Xms20m, Xms96m",
        "JAVA_TOOL_OPTIONS, -Xmn8m, Xmn32m",
        "SYNCBN_JAVA_OPTS, -Xmx8g -XX:+UseGCOverheadLimit, ''",
        "SYNCBN_JAVA_OPTS, -Xmx128m, ''",
    })
    void theUsersFlagsWin(String variable, String flags, String givesWay) throws Exception {
        fakeJava("17.0.15");
        List<String> lines =
                run(Map.of(variable, flags), script, "worker").output().lines().toList();
        for (String ours : List.of("-XX:+UseSerialGC", "-Xmn32m", "-Xms96m")) {
            boolean yields = List.of(givesWay.split(",")).contains(ours.replaceFirst("-(XX:\\+)?", ""));
            assertThat(lines.contains(ours)).as(ours).isEqualTo(!yields);
        }
    }

    @Test
    void optionsAreWordsAndNoPatterns() throws Exception {
        fakeJava("17.0.15");
        Files.createFile(directory.resolve("-Dhosts=a"));
        assertThat(run(Map.of("SYNCBN_JAVA_OPTS", "-Dhosts=*"), script, "worker")
                        .output())
                .contains("\n-Dhosts=*\n");
    }

    @Test
    void whatJavaHasAgainstItsFlagsIsTold() throws Exception {
        Path java = fakeJava("17.0.15");
        Files.writeString(java, "#!/bin/sh\necho \"Unrecognized VM option 'Nonsense'\" >&2\nexit 1\n");
        Result result = run(script, "train");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.output())
                .startsWith("Unrecognized VM option 'Nonsense'\nsyncbn: " + java + " does not start");
    }

    @Test
    void theArchiveIsTheSameInEveryLanguageZoneAndWithEveryFlag() throws Exception {
        Path java = fakeJava("17.0.15");
        for (Map<String, String> environment : List.of(
                Map.of("LC_ALL", "C"),
                Map.of("LC_ALL", "de_DE.UTF-8", "LANG", "ar_EG"),
                Map.of("TZ", "Asia/Tokyo"),
                Map.of("TIME_STYLE", "full-iso"),
                Map.of("JAVA_TOOL_OPTIONS", "-XX:+UseG1GC"))) {
            assertThat(run(environment, script, "train").exitCode()).isZero();
        }
        assertThat(dumps(java)).isEqualTo(1);
    }

    @Test
    void aPackageBelowAColonIsRefused() throws Exception {
        fakeJava("17.0.15");
        Path place = Files.createDirectories(directory.resolve("a:b"));
        Files.move(directory.resolve("package"), place.resolve("package"));
        Result result = run(place.resolve("package/bin/syncbn"), "train");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.output()).contains("the package lies in " + place.toRealPath() + "/package, but", "move it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"with space", "st*r", "d$HOME", "caf\u00e9", "per%cent", "quo'te\"s", "#hash;semi&"})
    void aPackageMayLieAnywhereElse(String name) throws Exception {
        assumeTrue(isEncodable(name), "names of files here are ASCII");
        fakeJava("17.0.15");
        Path place = Files.createDirectories(directory.resolve(name));
        Files.move(directory.resolve("package"), place.resolve("package"));
        Result result = run(place.resolve("package/bin/syncbn"), "train");
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(result.output().lines()).contains(place.toRealPath() + "/package/lib/*");
    }

    private static boolean isEncodable(String name) {
        return Charset.forName(System.getProperty("sun.jnu.encoding"))
                .newEncoder()
                .canEncode(name);
    }

    @Test
    void ofTwoFirstCommandsOneBuildsAndTheOtherWaits() throws Exception {
        fakeJava("17.0.15");
        Path tree = Files.createDirectories(directory.resolve("tree"));
        for (String module : List.of("deploy", "worker")) {
            Files.createDirectories(tree.resolve(module).resolve("src/main"));
            Files.createFile(tree.resolve(module).resolve("pom.xml"));
        }
        Files.createFile(tree.resolve("pom.xml"));
        Path command = Files.createDirectories(tree.resolve("deploy/bin")).resolve("syncbn");
        Files.copy(script, command);
        Path tools = Files.createDirectories(directory.resolve("tools"));
        Path mvn = Files.writeString(tools.resolve("mvn"), """
                #!/bin/sh
                echo build >>../builds
                sleep 2
                mkdir -p deploy/target/syncbn-1/lib
                """);
        assertThat(mvn.toFile().setExecutable(true)).isTrue();
        Map<String, String> environment = Map.of("PATH", tools + ":" + System.getenv("PATH"));

        CompletableFuture<Result> other = CompletableFuture.supplyAsync(() -> {
            try {
                return run(environment, command, "worker");
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(run(environment, command, "worker").exitCode()).isZero();
        assertThat(other.get(120, TimeUnit.SECONDS).exitCode()).isZero();
        assertThat(directory.resolve("builds")).hasContent("build");
    }

    private record Result(int exitCode, String output) {}

    private Path javaHome() {
        return directory.resolve("jdk");
    }

    private Path fakeJava(String version) throws IOException {
        Files.createDirectories(javaHome().resolve("bin"));
        Path java = Files.writeString(javaHome().resolve("bin/java"), String.format(Locale.ROOT, FAKE_JAVA, version));
        assertThat(java.toFile().setExecutable(true)).isTrue();
        return java;
    }

    private Path cache() {
        return directory.resolve("cache/syncbn");
    }

    private static Path archiveOf(Result result) {
        return result.output()
                .lines()
                .filter(line -> line.startsWith("-XX:SharedArchiveFile="))
                .map(line -> Path.of(line.substring(line.indexOf('=') + 1)))
                .findFirst()
                .orElseThrow();
    }

    private static int dumps(Path java) throws IOException {
        return Files.readAllLines(Path.of(java + ".dumps")).size();
    }

    private Result run(Path command, String... arguments) throws IOException, InterruptedException {
        return run(Map.of(), command, arguments);
    }

    private Result run(Map<String, String> environment, Path command, String... arguments)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command.toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().put("JAVA_HOME", javaHome().toString());
        builder.environment().remove("SYNCBN_JAVA_OPTS");
        builder.environment().remove("_JAVA_OPTIONS");
        builder.environment().remove("JDK_JAVA_OPTIONS");
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().put("XDG_CACHE_HOME", directory.resolve("cache").toString());
        builder.environment().putAll(environment);
        Process process =
                builder.redirectErrorStream(true).directory(directory.toFile()).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), output);
    }
}
