package io.syncbn.deploy.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.syncbn.proto.job.Fingerprint;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.Setting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsReaderTest {
    @TempDir
    private Path directory;

    @Test
    void everyRunSettingHasItsDefault() {
        Map<String, String> defaults =
                RunSettings.ALL.stream().collect(Collectors.toMap(Setting::name, Setting::defaultValue));
        assertThat(defaults)
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("job", ""),
                        Map.entry("workers", "1"),
                        Map.entry("out", ""),
                        Map.entry("resume", ""),
                        Map.entry("allow-other-data", "false"),
                        Map.entry("allow-other-arithmetic", "false"),
                        Map.entry("checkpoint-every", "0"),
                        Map.entry("checkpoint-seconds", "300"),
                        Map.entry("keep", "3"),
                        Map.entry("evaluate-every", "0"),
                        Map.entry("tensorboard", ""),
                        Map.entry("tensorboard-histograms", "0"),
                        Map.entry("mlflow", ""),
                        Map.entry("mlflow-experiment", "syncbn"),
                        Map.entry("join-timeout", "120"),
                        Map.entry("reconnect-timeout", "60"),
                        Map.entry("restarts", "10"),
                        Map.entry("straggler", "wait"),
                        Map.entry("silence", "5"),
                        Map.entry("state-limit", "60"),
                        Map.entry("coordinator-heap", ""),
                        Map.entry("worker-heap", ""),
                        Map.entry("threads", "0"),
                        Map.entry("deadline-slack", "1.8"),
                        Map.entry("prepare-timeout", "600"),
                        Map.entry("journal", ""),
                        Map.entry("chaos", ""),
                        Map.entry("chaos-reference", ""),
                        Map.entry("host", "0.0.0.0"),
                        Map.entry("port", "7800"),
                        Map.entry("coordinator", ""),
                        Map.entry("name", ""),
                        Map.entry("metrics-host", "127.0.0.1"),
                        Map.entry("metrics-port", "0"),
                        Map.entry("checkpoint", ""),
                        Map.entry("page-port", "0"),
                        Map.entry("output", "text"),
                        Map.entry("quiet", "false"),
                        Map.entry("launched", "false")));
    }

    @Test
    void flagBeatsFileBeatsDefault() throws IOException {
        Settings settings = train(Map.of("job", file("lr: 0.2\nbatch: 7\nworkers: 3\n"), "lr", "0.3"));

        Job job = settings.job(settings.range(RunSettings.WORKERS, 9).most()).orElseThrow();

        settings.check();
        assertThat(job.optimization().rate().base()).isEqualTo(0.3);
        assertThat(job.batches().batch()).isEqualTo(7);
        assertThat(job.batches().shards()).isEqualTo(3);
        assertThat(job.optimization().optimizer().number("momentum")).isEqualTo(0.9);
    }

    @Test
    void aFlagForTheLengthBeatsTheOtherOneInTheFile() throws IOException {
        assertThat(train(Map.of("job", file("epochs: 5\n"), "steps", "7"))
                        .job(1)
                        .orElseThrow()
                        .batches()
                        .length())
                .isEqualTo(new Job.Length(0, 7));
        assertThat(train(Map.of("job", file("steps: 5\n"), "epochs", "7"))
                        .job(1)
                        .orElseThrow()
                        .batches()
                        .length())
                .isEqualTo(new Job.Length(7, 0));
    }

    @Test
    void whatScriptsAndJobFilesOfBeforeSayIsUnderstood() throws IOException {
        String file = file("straggler: rerun\nreconnect: 7\nlog: events.jsonl\n");
        Settings settings = SettingsReader.read(RunSettings.ALL, Map.of("job", file, "reconnect", "8"), List.of());
        settings.check();
        assertThat(settings.text(RunSettings.STRAGGLER)).contains("backup");
        assertThat(settings.text(RunSettings.JOURNAL)).contains("events.jsonl");
        assertThat(settings.text(RunSettings.RECONNECT_TIMEOUT)).contains("8");
        assertThat(problems(Map.of("log", "a.jsonl", "journal", "b.jsonl")))
                .containsExactly("--journal and --log, its old name, are both given");
    }

    @Test
    void jobsOfBeforeAreTheSameJobs() throws IOException {
        String file = file("optimizer: adamw\nepsilon: 1e-6\nscale-lr: true\nkernels: onednn\n");
        Job job = train(Map.of("job", file)).job(4).orElseThrow();
        assertThat(job.settings())
                .containsEntry("optimizer-epsilon", "1.0E-6")
                .containsEntry("scale-lr", "linear")
                .doesNotContainKey("epsilon");
        assertThat(Fingerprint.of(job)).isEqualTo("c3cc7f89257f745c14b4bc955f642a4dac39de4e72a8a548a868bfb1616d06d4");
        assertThat(train(Map.of("job", file("scale-lr: false\n"))).job(4))
                .isEqualTo(train(Map.of()).job(4));
        assertThat(problems(Map.of("epsilon", "1e-6", "optimizer-epsilon", "1e-6")))
                .containsExactly("--optimizer-epsilon and --epsilon, its old name, are both given");
    }

    @Test
    void allProblemsComeAtOnceWithTheirPlaces() throws IOException {
        String file = file("bacth: 2\nlr: fast\nseed: [1, 2]\nmodel: mlp\nmodel: lenet\n? [a]\n: b\n");
        Settings settings = SettingsReader.read(
                RunSettings.TRAIN, Map.of("job", file, "workers", "none", "shuffle", "yes"), List.of("--x is unknown"));
        settings.range(RunSettings.WORKERS, 9);
        settings.job(4);

        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(settings::check)
                .satisfies(e -> assertThat(e.problems())
                        .containsExactly(
                                "--x is unknown",
                                file + ":1: bacth is unknown; did you mean batch?",
                                file + ":3: seed has several values; expected a single one",
                                file + ":5: model is given twice",
                                file + ":6: expected a name before the colon",
                                "--workers is 'none'; expected a whole number from 1 to 9, or two as LEAST:MOST",
                                "--shuffle is 'yes'; expected true or false",
                                "--lr is 'fast'; expected a number above 0"));
    }

    @Test
    void aFileThatIsMissingOrNoMappingOrNoYamlIsAProblem() throws IOException {
        assertThat(problems(Map.of("job", "nowhere.yaml"))).containsExactly("job file nowhere.yaml does not exist");
        assertThat(problems(Map.of("job", file("- a\n- b\n"))))
                .singleElement()
                .asString()
                .endsWith("expected lines of the form name: value");
        assertThat(problems(Map.of("job", file("lr: 1\nmodel: {\n"))))
                .singleElement()
                .asString()
                .contains("job.yaml:3: ");
    }

    @Test
    void anEmptyFileIsNoProblem() throws IOException {
        assertThat(problems(Map.of("job", file("# nothing yet\n")))).isEmpty();
    }

    @Test
    void nullIsNotGiven() throws IOException {
        for (String nothing : List.of("", "null", "Null", "NULL", "~")) {
            assertThat(train(Map.of("job", file("init: " + nothing + "\nout: " + nothing + "\n")))
                            .text(RunSettings.OUT))
                    .isEmpty();
        }
        assertThat(train(Map.of("job", file("out: 'null'\n"))).text(RunSettings.OUT))
                .contains("null");
        assertThat(JobFile.text(Map.of("out", "null"))).isEqualTo("out: 'null'\n");
    }

    @Test
    void whatIsNestedOrStandsForSomethingElseIsNoValueHoweverDeepItGoes() throws IOException {
        int depth = 200_000;
        assertThat(problems(Map.of("job", file("model: " + "[".repeat(depth) + "]".repeat(depth) + "\nbatch: 2\n"))))
                .singleElement()
                .asString()
                .endsWith(":1: model has several values; expected a single one");
        assertThat(problems(Map.of("job", file("seed: &a 3\nbatch: *a\n"))))
                .singleElement()
                .asString()
                .endsWith(":2: batch is an alias; expected the value itself");
        assertThat(problems(Map.of("job", file("seed: 3\n---\nbatch: 2\n"))))
                .singleElement()
                .asString()
                .endsWith(":2: a second document begins; expected a single one");
    }

    @Test
    void aFileIsUtf8AndOfTheSizeOfAJobFile() throws IOException {
        Path job = directory.resolve("job.yaml");
        Files.write(job, "batch: 2 # caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(problems(Map.of("job", job.toString())))
                .containsExactly("job file " + job + " cannot be read: it is not UTF-8; save it in that encoding");
        Files.writeString(job, "\uFEFFbatch: 2 # caf\u00e9\n");
        assertThat(problems(Map.of("job", job.toString()))).isEmpty();
        Files.writeString(job, "# " + "x".repeat(1 << 20));
        assertThat(problems(Map.of("job", job.toString())))
                .singleElement()
                .asString()
                .contains("has more than 1048576 bytes");
    }

    @Test
    void onlyShellsKnowWhatATildeStandsFor() throws IOException {
        String file = file("out: ~/runs/x\ndata: npy:~/data\n");
        assertThat(problems(Map.of("job", file, "init", "~me/weights")))
                .containsExactlyInAnyOrder(
                        "--out is '~/runs/x'; ~ is not expanded here, write the path in full",
                        "--data is 'npy:~/data'; ~ is not expanded here, write the path in full",
                        "--init is '~me/weights'; ~ is not expanded here, write the path in full");
        assertThat(problems(Map.of("data", "class:com.example.MyData:~/data")))
                .containsExactly(
                        "--data is 'class:com.example.MyData:~/data'; ~ is not expanded here, write the path in full");
        assertThat(problems(Map.of("job", "~/job.yaml"))).hasSize(2);
        assertThat(problems(Map.of("out", "./~", "data", "npy:/a~b"))).isEmpty();
    }

    @Test
    void whatNoUserSetsStandsInNoFile() throws IOException {
        for (String name : List.of("launched", "job")) {
            assertThat(problems(Map.of("job", file(name + ": true\n"))))
                    .singleElement()
                    .asString()
                    .contains(":1: " + name + " is unknown");
        }
    }

    @Test
    void anyDamagedFileIsReadOrRefused() {
        byte[] whole = "data: npy:/a b/it's: here\nlr: 0.125 # 1/8\nseed: &x [1, {a: 'b'}]\nmodel: |-\n  mlp\n"
                .getBytes(StandardCharsets.UTF_8);
        Random random = new Random(20261128);
        for (int i = 0; i < 3000; i++) {
            byte[] damaged = Arrays.copyOf(whole, random.nextInt(4) > 0 ? whole.length : random.nextInt(whole.length));
            for (int faults = random.nextInt(4); faults >= 0 && damaged.length > 0; faults--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(random.nextBoolean() ? 128 : 256);
            }
            Path job = directory.resolve("job.yaml");
            assertThatCode(() -> {
                        Files.write(job, damaged);
                        problems(Map.of("job", job.toString()));
                    })
                    .as("damage number %d", i)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void aResumedRunGoesOnUnderItsOwnJob() throws IOException {
        file("shards: 6\nworkers: 2\n");
        Path checkpoint = Files.createDirectories(directory.resolve("checkpoints/step-00000010"));

        for (Path resumed : List.of(directory, checkpoint)) {
            Settings settings = train(Map.of("resume", resumed.toString(), "workers", "3"));
            assertThat(settings.job(3).orElseThrow().batches().shards()).isEqualTo(6);
            assertThat(settings.range(RunSettings.WORKERS, 9)).isEqualTo(new Range(3, 3));
            settings.check();
        }
    }

    @Test
    void whatIsNoRunCannotBeResumed() throws IOException {
        Path nowhere = directory.resolve("nowhere");
        assertThat(problems(Map.of("resume", nowhere.toString())))
                .containsExactly("--resume " + nowhere + " does not exist");
        Files.createDirectory(nowhere);
        assertThat(problems(Map.of("resume", nowhere.toString())))
                .containsExactly("--resume " + nowhere + " belongs to no run: " + nowhere.resolve("job.yaml")
                        + " is missing; give the job with --job");
    }

    @Test
    void writtenSettingsReadBackTheSame() throws IOException {
        Map<String, String> given = Map.of("data", "npy:/a b/it's: here", "lr", "0.125", "norm-group", "2");
        Settings settings = train(given);
        Job job = settings.job(4).orElseThrow();
        String text = JobFile.text(settings.texts(job, List.of(RunSettings.KEEP)));

        Settings again = train(Map.of("job", file(text)));

        assertThat(again.job(1)).contains(job);
        again.check();
        assertThat(text).contains("keep: 3\n", "lr: 0.125\n").doesNotContain("steps:");
    }

    @Test
    void aRangeIsOneNumberOrTwo() {
        assertThat(workers("3")).isEqualTo(new Range(3, 3));
        assertThat(workers("2:4")).isEqualTo(new Range(2, 4)).hasToString("2:4");
        assertThat(workers("4:4")).hasToString("4");
        for (String wrong : List.of("", "0", "0:2", "3:2", "2:10", "2:", ":2", "1:2:3", "two")) {
            Settings settings = train(Map.of("workers", wrong));
            assertThat(settings.range(RunSettings.WORKERS, 9)).isEqualTo(new Range(1, 1));
            assertThat(problems(settings))
                    .containsExactly(
                            "--workers is '" + wrong + "'; expected a whole number from 1 to 9, or two as LEAST:MOST");
        }
    }

    private static Range workers(String text) {
        Settings settings = train(Map.of("workers", text));
        Range range = settings.range(RunSettings.WORKERS, 9);
        settings.check();
        return range;
    }

    @Test
    void heapsAreOfASizeThatJavaStartsWith() {
        for (String right : List.of("64m", "65M", "1g", "1024G")) {
            assertThat(heapProblems(right)).isEmpty();
        }
        for (String wrong : List.of("63m", "1m", "1025g", "999999999g", "2", "0m", "many")) {
            assertThat(heapProblems(wrong))
                    .containsExactly(
                            "--worker-heap is '" + wrong + "'; expected a size such as 512m or 2g, from 64m to 1024g");
        }
    }

    private static List<String> heapProblems(String size) {
        Settings settings = train(Map.of("worker-heap", size));
        settings.memory(RunSettings.WORKER_HEAP);
        return problems(settings);
    }

    @Test
    void addressesAreHostAndPort() {
        assertThat(addressProblems("node-0:7800")).isEmpty();
        assertThat(addressProblems("[::1]:7800")).isEmpty();
        assertThat(addressProblems("node-0"))
                .containsExactly("--coordinator: 'node-0' is no address; expected HOST:PORT, such as 10.0.0.7:4600");
        assertThat(addressProblems("")).containsExactly("--coordinator HOST:PORT is missing");
    }

    private static List<String> addressProblems(String address) {
        Settings settings = SettingsReader.read(RunSettings.WORKER_PART, Map.of("coordinator", address), List.of());
        settings.address(RunSettings.COORDINATOR);
        return problems(settings);
    }

    private static List<String> problems(Map<String, String> flags) {
        return problems(train(flags));
    }

    private static List<String> problems(Settings settings) {
        try {
            settings.check();
            return List.of();
        } catch (UsageException e) {
            return e.problems();
        }
    }

    private static Settings train(Map<String, String> flags) {
        return SettingsReader.read(RunSettings.TRAIN, flags, List.of());
    }

    private String file(String text) throws IOException {
        return Files.writeString(directory.resolve("job.yaml"), text).toString();
    }
}
