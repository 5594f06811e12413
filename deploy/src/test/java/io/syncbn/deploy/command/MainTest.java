package io.syncbn.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.job.JobSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    @Test
    void helpNamesEveryCommandAndExitCode() {
        assertThat(run("help")).isEqualTo(ExitCode.DONE);
        assertThat(text(out)).contains("train ", "coordinator ", "worker ", "evaluate ", "  130  interrupted");
    }

    @ParameterizedTest
    @ValueSource(strings = {"train", "coordinator", "worker", "evaluate"})
    void helpOfACommandNamesEverySettingAndFitsATerminal(String command) {
        assertThat(run(command, "--help")).isEqualTo(ExitCode.DONE);
        assertThat(text(out)).contains("Examples:").doesNotContain("--launched", "--measured");
        JobSettings.ALL.forEach(setting -> assertThat(text(out)).contains("--" + setting.name()));
        assertThat(text(out).lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }

    @ParameterizedTest
    @ValueSource(strings = {"step", "allreduce", "star", "compare", "growth"})
    void helpOfABenchmarkFitsATerminal(String benchmark) {
        assertThat(run("bench", benchmark, "--help")).isEqualTo(ExitCode.DONE);
        assertThat(text(out)).contains("Examples:", "bench " + benchmark).doesNotContain("--launched", "--measured");
        assertThat(text(out).lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }

    @ParameterizedTest
    @ValueSource(strings = {"completion", "man"})
    void helpOfWhatTakesNoFlagsSpeaksOfNone(String command) {
        assertThat(run(command, "--help")).isEqualTo(ExitCode.DONE);
        assertThat(text(out)).contains("Examples:").doesNotContain("Defaults", "--flag", "The run");
        assertThat(text(out).lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
        assertThat(run(command, "--steps=3")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err)).startsWith("syncbn: --steps is unknown");
    }

    @Test
    void aResultIsForPeopleOrPrograms() {
        assertThat(run("train", "--output=xml", "--quiet=maybe")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err))
                .contains("--output is 'xml'; expected text or json", "--quiet is 'maybe'; expected true or false");
    }

    @Test
    void helpOfAnExportShowsWhatStandsWithoutAFlag() {
        assertThat(run("export", "onnx", "--help")).isEqualTo(ExitCode.DONE);
        assertThat(text(out))
                .contains("syncbn export onnx CHECKPOINT-or-RUN [--flag value]…", "Examples:", "--fold-bn=true|false");
        assertThat(text(out).lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }

    @Test
    void wordsWithoutFlagsAreTakenWhereTheyAreExpected() {
        assertThat(run("export", "onnx", "runs/a", "runs/b", "--from=runs/c", "--out=x", "--fold-bn=no"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err)).isEqualTo("""
                        syncbn: 3 problems:
                          --from is given 2 times: runs/c, runs/a
                          'runs/b' is not expected; every value follows its flag
                          --fold-bn is 'no'; expected true or false
                        See syncbn export onnx --help
                        """);
    }

    @Test
    void helpOfAnExportSaysItsWordsAndFitsATerminal() {
        assertThat(run("export", "tensorboard", "--help")).isEqualTo(ExitCode.DONE);
        assertThat(text(out)).contains("syncbn export tensorboard RUN DIR [--flag value]", "Examples:");
        assertThat(text(out).lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }

    @Test
    void wordsBehindAnExportAreItsRunAndItsDirectory() throws IOException {
        assertThat(run("export", "tensorboard", "nowhere")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err)).isEqualTo("""
                        syncbn: 2 problems:
                          --directory DIR is missing
                          --run is 'nowhere'; expected the directory of a run, with job.yaml and metrics.jsonl
                        See syncbn export tensorboard --help
                        """);
        Path run = Files.createDirectory(directory.resolve("run"));
        Files.writeString(run.resolve("job.yaml"), "lr: 0.3\n");
        Files.writeString(run.resolve("metrics.jsonl"), "{\"step\":1,\"loss\":2.5,\"stepMillis\":7.0}\n{\"step\":2,");
        Path board = directory.resolve("board");
        assertThat(run("export", "tensorboard", run.toString(), board.toString()))
                .isEqualTo(ExitCode.DONE);
        assertThat(board).isDirectoryContaining("glob:**/events.out.tfevents.*");
        err.reset();
        assertThat(run("export", "tensorboard", run.toString(), board.toString(), "stray"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err)).isEqualTo("""
                        syncbn: 2 problems:
                          'stray' is not expected; every value follows its flag
                          --directory is 'BOARD', which has event files already; expected a directory for this run alone
                        See syncbn export tensorboard --help
                        """.replace("BOARD", board.toString()));
    }

    @Test
    void whoIsToldOfARunIsChecked() {
        assertThat(run("train", "--mlflow=localhost:5000", "--tensorboard-histograms=10"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err)).isEqualTo("""
                        syncbn: 2 problems:
                          --tensorboard-histograms is 10 but there is no --tensorboard; expected both, or 0
                          --mlflow is 'localhost:5000'; expected an address as in http://localhost:5000
                        See syncbn train --help
                        """);
    }

    @Test
    void theVersionIsPrinted() {
        assertThat(run("--version")).isEqualTo(ExitCode.DONE);
        assertThat(text(out)).matches("syncbn \\d+\\.\\d+\\.\\d+\\S*\\n");
    }

    @Test
    void anUnknownCommandGetsAHint() {
        assertThat(run("trian")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err)).startsWith("syncbn: trian is no command; did you mean train?\n");
    }

    @Test
    void aMissingCommandIsSaid() {
        assertThat(run()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err)).startsWith("syncbn: a command is missing; commands are train, ");
    }

    @Test
    void everythingWrongWithFlagsIsToldAtOnce() {
        int exitCode = run(
                "train",
                "--wrokers",
                "2",
                "--lr",
                "fast",
                "--batch",
                "3",
                "--batch",
                "4",
                "stray",
                "--shards=2",
                "--model=mlp",
                "--keep=none",
                "--momentum");

        assertThat(exitCode).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err)).isEqualTo("""
                        syncbn: 6 problems:
                          --batch is given 2 times: 3, 4
                          --momentum M has no value
                          --wrokers is unknown; did you mean --workers?
                          'stray' is not expected; every value follows its flag
                          --lr is 'fast'; expected a number above 0
                          --keep is 'none'; expected a whole number from 1 to 2147483647
                        See syncbn train --help
                        """);
    }

    @Test
    void aSizeThatTheDataCannotHaveIsToldWithEverythingElse() {
        assertThat(run("train", "--image-size=7", "--lr=fast")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err))
                .contains(
                        "syncbn: 2 problems",
                        "--image-size is '7'; expected 0 or a whole number from 8 for shapes",
                        "--lr is 'fast'");
        assertThat(run("train", "--data=mnist:nowhere", "--image-size=32")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err)).contains("mnist has a fixed size");
        assertThat(run("train", "--image-size=large")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err)).contains("--image-size is 'large'; expected a whole number from 0 to 4096");
    }

    @Test
    void flagsByTheirOldNamesWorkAndNoHelpShowsThem() {
        assertThat(run(
                        "coordinator",
                        "--steps=1",
                        "--log=",
                        "--log=a",
                        "--straggler=rerun",
                        "--silence=x",
                        "--silnce=2"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err)).isEqualTo("""
                        syncbn: 3 problems:
                          --log is given 2 times: , a
                          --silnce is unknown; did you mean --silence?
                          --silence is 'x'; expected seconds from 0.5 to 86400
                        See syncbn coordinator --help
                        """);
        assertThat(run("coordinator", "--help")).isZero();
        assertThat(text(out))
                .contains("--journal=FILE", "--optimizer-epsilon=E", "(1e-8; lamb: 1e-6)")
                .doesNotContain("--log=", "--epsilon=");
    }

    /** {@code --scale-lr} was a switch. */
    @Test
    void flagsOfBeforeMeanWhatTheyMeant() {
        for (String[] scaled : new String[][] {{"--scale-lr"}, {"--scale-lr=true"}, {"--scale-lr", "linear"}}) {
            List<String> words = new ArrayList<>(List.of("train"));
            words.addAll(List.of(scaled));
            words.addAll(List.of("--epsilon", "x", "--optimizer", "adamw"));
            err.reset();
            assertThat(run(words.toArray(String[]::new))).isEqualTo(ExitCode.BAD_INPUT);
            assertThat(text(err)).isEqualTo("""
                            syncbn: --optimizer-epsilon is 'x'; expected a number from 1e-30, below 1
                            See syncbn train --help
                            """);
        }
        assertThat(run("train", "--scale-lr", "cubic", "--momentum=0.5", "--optimizer=lamb"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err))
                .contains(
                        "--scale-lr is 'cubic'; expected none, linear or sqrt",
                        "--momentum is of --optimizer sgd or lars; this job has --optimizer lamb");
    }

    @Test
    void dashesAloneAreNoFlag() {
        assertThat(run("train", "--", "--steps", "3")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err)).startsWith("syncbn: '--' is not expected; flags follow the command as they are\n");
    }

    @Test
    void moreWorkersThanShardsAreRefused() {
        assertThat(run("train", "--workers=4", "--shards=2")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err)).contains("--workers is 4 but --shards is 2; each worker needs at least one shard");
    }

    @Test
    void theMostWorkersNeedAShardEach() {
        assertThat(run(
                        "train",
                        "--workers=1:4",
                        "--shards=2",
                        "--restarts=-1",
                        "--threads=many",
                        "--reconnect-timeout=never",
                        "--straggler=go"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err))
                .contains(
                        "syncbn: 5 problems",
                        "--workers is 1:4 but --shards is 2; each worker needs at least one shard",
                        "--restarts is '-1'; expected a whole number from 0",
                        "--threads is 'many'; expected a whole number from 0 to 4096",
                        "--reconnect-timeout is 'never'; expected a whole number from 0",
                        "--straggler is 'go'; expected wait or backup");
    }

    @Test
    void everythingWrongWithChaosIsToldAtOnce() throws IOException {
        Path list = Files.writeString(directory.resolve("list.txt"), "at step 3: kill\nat step x: kill worker-0\n");
        assertThat(run("train", "--chaos", list.toString(), "--chaos-reference=abc", "--lr=fast"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err))
                .contains(
                        "syncbn: 4 problems",
                        "--chaos-reference is 'abc'; expected 64 hexadecimal digits, or none",
                        list + ":1: 'kill'; expected kill worker-N|coordinator",
                        list + ":2: 'at step x: kill worker-0'; expected at step N: …, or after 12 s: …");
    }

    @Test
    void aReferenceIsForChaos() {
        assertThat(run("train", "--chaos-reference=none")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err)).contains("--chaos-reference is for runs with --chaos");
    }

    @Test
    void figuresBelongToOneNumberOfWorkers() {
        assertThat(run("bench", "step", "--workers=1:4")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err)).contains("--workers is '1:4'; expected a whole number from 1");
    }

    @Test
    void aRunDirectoryThatIsNotEmptyIsRefused() throws IOException {
        Files.writeString(directory.resolve("precious"), "");
        assertThat(run("train", "--out", directory.toString())).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err)).contains("run directory " + directory + " is not empty");
        assertThat(directory).isDirectoryNotContaining("glob:**job.yaml");
    }

    @Test
    void onlyTheSameJobCanBeResumed() throws IOException {
        Path file = Files.writeString(directory.resolve("job.yaml"), "shards: 4\nsteps: 30\n");
        assertThat(run("train", "--resume", directory.toString(), "--steps", "40", "--lr", "0.5"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err))
                .contains("--lr was '0.05' and is '0.5' now", "--steps was '30' and is '40' now")
                .contains("syncbn: 2 problems");
        assertThat(file).hasContent("shards: 4\nsteps: 30\n");
    }

    @Test
    void whatAWorkerNeedsIsToldAtOnce() {
        assertThat(run("worker")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err))
                .contains("--coordinator HOST:PORT is missing", "--name NAME is missing", "--out DIR is missing");
    }

    @Test
    void everythingWrongWithAComparisonIsToldAtOnce() {
        assertThat(run(
                        "bench",
                        "compare",
                        "--python",
                        "/no/such/python",
                        "--peer",
                        "/no/such/peer.py",
                        "--configurations",
                        "2x4,two",
                        "--models",
                        "resnet18",
                        "--json",
                        "/no/such/directory/figures.json"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err))
                .contains(
                        "syncbn: 5 problems",
                        "--models is 'resnet18'; expected NAME:SIZE, such as resnet18:64, and commas between",
                        "--python /no/such/python cannot be started",
                        "--peer /no/such/peer.py is no file",
                        "--configurations is '2x4,two'; expected workers x examples, such as 2x4, and commas between",
                        "--json /no/such/directory/figures.json cannot be written");
    }

    @Test
    void modelsToCompareMustBeThere() {
        assertThat(run("bench", "compare", "--models", "lenet:28,lenett:28")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err)).contains("--models has 'lenett'; there are [").doesNotContain("'lenet'");
    }

    @Test
    void aPeerNeedsAPython() {
        assertThat(run("bench", "compare", "--peer", "x.py")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err)).contains("--peer x.py needs a --python to run it");
    }

    @Test
    void growthNeedsSharesAndSizes() {
        assertThat(run("bench", "growth", "--workers", "1,3", "--floats", "5,5"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err))
                .contains(
                        "--global-batch 32 cannot be shared evenly by 3 workers",
                        "--floats needs at least two different sizes");
    }

    @Test
    void sizesOfVectorsAreChecked() {
        assertThat(run("bench", "star", "--floats", "0,x")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text(err)).contains("--floats is '0,x'; expected whole numbers from 1 to 268435456 and commas");
    }

    private int run(String... arguments) {
        return new Main(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(arguments);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
