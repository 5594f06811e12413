package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.deploy.command.ExitCode;
import io.syncbn.deploy.command.Main;
import io.syncbn.proto.job.JobParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What users get wrong: one message that names the thing and what was expected, no stack trace, nothing left behind. */
class BadInputTest {
    @TempDir
    private static Path shared;

    private static Path data;
    private static Path run;
    private static ServerSocket taken;

    @TempDir
    private Path out;

    /** A command line, and what its message must hold. */
    private record Case(String name, List<String> arguments, List<String> fragments) {
        Case says(String... expected) {
            return new Case(name, arguments, List.of(expected));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    static void prepare() throws Exception {
        data = NpyPictures.write(shared.resolve("npy"), 8, 4);
        run = shared.resolve("run");
        Map<String, String> job =
                Map.of("data", "npy:" + data, "model", SmallResNet.class.getName(), "shards", "1", "steps", "2");
        Cluster.train(JobParser.parse(job, 1), 1, run);
        Files.writeString(
                run.resolve("job.yaml"),
                job.entrySet().stream()
                        .map(setting -> setting.getKey() + ": '" + setting.getValue() + "'\n")
                        .collect(Collectors.joining()));
        taken = new ServerSocket(0);
    }

    @AfterAll
    static void freePort() throws IOException {
        taken.close();
    }

    static Stream<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>(flags());
        cases.addAll(datasets());
        cases.addAll(models());
        cases.addAll(checkpoints());
        cases.addAll(machines());
        return cases.stream();
    }

    private static List<Case> flags() {
        return List.of(
                train("an unknown flag", "--wrokers=2").says("--wrokers is unknown; did you mean --workers?"),
                train("a bad value", "--lr=fast").says("--lr is 'fast'; expected a number above 0"),
                train("several at once", "--lr=fast", "--batch=0", "--norm-group=some")
                        .says("3 problems:", "--lr is", "--batch is '0'; expected", "--norm-group is 'some'; expected"),
                train("more workers than shards", "--workers=4", "--shards=2")
                        .says("--workers is 4 but --shards is 2; each worker needs at least one shard"),
                train("a run directory below a file", "--out=/dev/null/run").says("/dev/null/run"),
                train("a run directory that cannot be made", "--out=/proc/nowhere")
                        .says("/proc/nowhere"));
    }

    private static List<Case> datasets() throws IOException {
        Path mislabelled = NpyPictures.write(shared.resolve("mislabelled"), 8, 4);
        NpyPictures.label(mislabelled.resolve("y_test.npy"), 2, 7);
        Path cut = NpyPictures.write(shared.resolve("cut"), 8, 4);
        Path pictures = cut.resolve("x_train.npy");
        Files.write(pictures, Arrays.copyOf(Files.readAllBytes(pictures), (int) Files.size(pictures) - 5));
        Path idx = Files.createDirectories(shared.resolve("idx"));
        Files.write(
                idx.resolve("train-images-idx3-ubyte"),
                new byte[] {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4});
        return List.of(
                train("an unknown format, beside another fault", "--data=imagefolders:/nowhere", "--lr=fast")
                        .says(
                                "2 problems:",
                                "--data is 'imagefolders:/nowhere'; expected",
                                "; did you mean imagefolder?",
                                "--lr is 'fast'"),
                train("a format without its path", "--data=mnist").says("--data is 'mnist'; expected mnist:PATH"),
                worker("a format of no class", "--data=class:no.such.Data:/nowhere")
                        .says("there is no class \"no.such.Data\" on the class path"),
                worker("a format of a class that is none", "--data=class:java.lang.String")
                        .says("class java.lang.String is not a data format: it does not implement"),
                worker("no such data", "--data=npy:/nowhere").says("/nowhere: no such file or directory"),
                worker("a label beyond the classes", "--data=npy:" + mislabelled)
                        .says(mislabelled.resolve("y_test.npy") + ": row 2 has label 7, expected 0 to 2"),
                worker("a truncated array", "--data=npy:" + cut).says(pictures.toString(), "expected"),
                worker("a truncated IDX file", "--data=mnist:" + idx)
                        .says(idx.resolve("train-images-idx3-ubyte") + ": holds 4 bytes after its header, expected 6"));
    }

    private static List<Case> models() {
        return List.of(
                worker("an unknown model", "--data=npy:" + data, "--model=resnet21")
                        .says("there is no model \"resnet21\"", "did you mean resnet20?"),
                worker("a class that is no model", "--data=npy:" + data, "--model=java.lang.String")
                        .says("class java.lang.String is not a model: it does not implement"));
    }

    private static List<Case> checkpoints() throws IOException {
        Path flipped = damaged("flipped", "model.safetensors", bytes -> {
            bytes[bytes.length - 9] ^= 1;
            return bytes;
        });
        Path shortened =
                damaged("shortened", "optimizer.safetensors", bytes -> Arrays.copyOf(bytes, bytes.length - 100));
        Path stateless = damaged("stateless", "state.json", bytes -> null);
        Path weights = last(run).resolve("model.safetensors");
        return List.of(
                evaluate("a byte that changed", flipped).says(last(flipped) + "/model.safetensors: expected SHA-256"),
                evaluate("a truncated checkpoint", shortened)
                        .says(last(shortened) + "/optimizer.safetensors: expected SHA-256"),
                evaluate("a checkpoint without its state", stateless)
                        .says(last(stateless) + ": expected a checkpoint, found no state.json"),
                evaluate("no such checkpoint", shared.resolve("nothing")).says("nothing does not exist"),
                worker("weights of another model", "--data=npy:" + data, "--model=mlp", "--init=" + weights)
                        .says(
                                weights + ": ",
                                " faults",
                                "fc1.weight is missing; expected",
                                "tensor block.bn1.weight is unexpected"),
                worker("weights that are none", "--data=npy:" + data, "--init=" + data.resolve("x_train.npy"))
                        .says(data.resolve("x_train.npy") + ": expected", "found"));
    }

    private static List<Case> machines() {
        int port = taken.getLocalPort();
        return List.of(
                new Case("a port that is taken", List.of("coordinator", "--workers=1", "--port=" + port), List.of())
                        .says("cannot listen on 0.0.0.0:" + port),
                new Case(
                                "a metrics port that is taken",
                                List.of("coordinator", "--workers=1", "--port=0", "--metrics-port=" + port),
                                List.of())
                        .says("metrics cannot be served on 127.0.0.1:" + port),
                worker("a worker's metrics port that is taken", "--data=npy:" + data, "--metrics-port=" + port)
                        .says("metrics cannot be served on 127.0.0.1:" + port),
                worker("no coordinator", "--data=npy:" + data)
                        .says("no coordinator answers at 127.0.0.1:1; tried for 1 s"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isOneMessageAndLeavesNothing(Case bad) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String[] arguments = bad.arguments().stream()
                .map(argument -> argument.replace("OUT", out.toString()))
                .toArray(String[]::new);

        int exitCode = new Main(System.out, new PrintStream(bytes, true, StandardCharsets.UTF_8)).run(arguments);

        String message = bytes.toString(StandardCharsets.UTF_8);
        assertThat(exitCode).as(message).isIn(ExitCode.JOB_FAILED, ExitCode.BAD_INPUT);
        assertThat(message)
                .startsWith("syncbn: ")
                .containsOnlyOnce("syncbn: ")
                .contains(bad.fragments())
                .doesNotContain("\tat ", "Exception");
        try (Stream<Path> left = Files.list(out)) {
            assertThat(left).isEmpty();
        }
    }

    private static Case train(String name, String... more) {
        return of(name, List.of("train"), more);
    }

    /** A worker of {@link SmallResNet}, for which nobody listens: it looks at everything else first. */
    private static Case worker(String name, String... more) {
        List<String> arguments = new ArrayList<>(List.of("worker", "--workers=1", "--coordinator=127.0.0.1:1"));
        arguments.addAll(List.of("--name=worker-0", "--out=OUT", "--join-timeout=1"));
        if (Arrays.stream(more).noneMatch(argument -> argument.startsWith("--model="))) {
            arguments.add("--model=" + SmallResNet.class.getName());
        }
        return of(name, arguments, more);
    }

    private static Case evaluate(String name, Path of) {
        return of(name, List.of("evaluate"), "--checkpoint=" + of);
    }

    private static Case of(String name, List<String> arguments, String... more) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of(more));
        return new Case(name, all, List.of());
    }

    private interface Damage {
        byte[] to(byte[] content);
    }

    /** A copy of the run whose last checkpoint has a damaged file. */
    private static Path damaged(String name, String file, Damage damage) throws IOException {
        Path copy = shared.resolve(name);
        Files.createDirectories(last(copy));
        Files.copy(run.resolve("job.yaml"), copy.resolve("job.yaml"));
        for (String each : List.of("model.safetensors", "optimizer.safetensors", "state.json")) {
            byte[] content = Files.readAllBytes(last(run).resolve(each));
            byte[] kept = each.equals(file) ? damage.to(content) : content;
            if (kept != null) {
                Files.write(last(copy).resolve(each), kept);
            }
        }
        return copy;
    }

    private static Path last(Path ofRun) {
        return ofRun.resolve("checkpoints/step-00000002");
    }
}
