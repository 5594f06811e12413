package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.syncbn.proto.tensorboard.Event;
import io.syncbn.proto.tensorboard.SessionLog.SessionStatus;
import io.syncbn.proto.tensorboard.Summary;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Those who are told of a run beside its directory. */
class TrackingTest {
    private static final int RECORD_HEAD = 12;
    private static final int RECORD_TAIL = 4;
    private static final int STEPS = 600;

    @TempDir
    private Path directory;

    /** Values by step, by tag, as readers see them in the end; a step that is there twice fails. */
    private static Map<String, Map<Long, Float>> scalars(Path board) throws IOException {
        Map<String, Map<Long, Float>> scalars = new TreeMap<>();
        for (Path file : files(board)) {
            for (Event event : events(file)) {
                if (event.getSessionLog().getStatus() == SessionStatus.START) {
                    scalars.values().forEach(steps -> steps.keySet().removeIf(step -> step >= event.getStep()));
                }
                for (Summary.Value value : event.getSummary().getValueList()) {
                    if (value.getValueCase() == Summary.Value.ValueCase.SIMPLE_VALUE) {
                        Float before = scalars.computeIfAbsent(value.getTag(), tag -> new TreeMap<>())
                                .put(event.getStep(), value.getSimpleValue());
                        assertThat(before)
                                .as("%s of step %d, before", value.getTag(), event.getStep())
                                .isNull();
                    }
                }
            }
        }
        return scalars;
    }

    /** Steps with a histogram, by tag, as readers see them in the end. */
    private static Map<String, Set<Long>> histograms(Path board) throws IOException {
        Map<String, Set<Long>> histograms = new TreeMap<>();
        for (Path file : files(board)) {
            for (Event event : events(file)) {
                if (event.getSessionLog().getStatus() == SessionStatus.START) {
                    histograms.values().forEach(steps -> steps.removeIf(step -> step >= event.getStep()));
                }
                for (Summary.Value value : event.getSummary().getValueList()) {
                    if (value.getValueCase() == Summary.Value.ValueCase.HISTO) {
                        assertThat(value.getHisto().getNum()).isPositive();
                        histograms
                                .computeIfAbsent(value.getTag(), tag -> new TreeSet<>())
                                .add(event.getStep());
                    }
                }
            }
        }
        return histograms;
    }

    private static List<Path> files(Path board) throws IOException {
        try (Stream<Path> files = Files.list(board)) {
            return files.sorted().toList();
        }
    }

    /** Up to a torn record. */
    private static List<Event> events(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        while (bytes.remaining() >= RECORD_HEAD) {
            int length = (int) bytes.getLong(bytes.position());
            if (bytes.remaining() < RECORD_HEAD + length + RECORD_TAIL) {
                break;
            }
            events.add(Event.parseFrom(bytes.slice(bytes.position() + RECORD_HEAD, length)));
            bytes.position(bytes.position() + RECORD_HEAD + length + RECORD_TAIL);
        }
        return events;
    }

    /** What metrics.jsonl says, by step. */
    private static Map<Long, Float> told(Path run, String field) throws IOException {
        Map<Long, Float> told = new TreeMap<>();
        for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
            JsonNode json = new ObjectMapper().readTree(line);
            if (json.has(field)) {
                told.put(json.path("step").asLong(), (float) json.path(field).asDouble());
            }
        }
        return told;
    }

    /** The worker that writes is killed; then the run is stopped, and goes on. MLflow is not there all the while. */
    @Test
    void boardsSayWhatMetricsSayHoweverOftenTheWriterChanged() throws Exception {
        Path data = NpyPictures.write(directory.resolve("npy"), 27, 8);
        Path run = directory.resolve("run");
        Path board = directory.resolve("board");
        try (Syncbn training = Syncbn.start(
                "train",
                "--data=npy:" + data,
                "--out=" + run,
                "--model=mlp",
                "--workers=2",
                "--steps=" + STEPS,
                "--evaluate-every=50",
                "--checkpoint-every=500",
                "--tensorboard=" + board,
                "--tensorboard-histograms=20",
                "--mlflow=http://127.0.0.1:1")) {
            Syncbn.await("twenty steps; " + training.err(), Syncbn.PATIENCE, () -> Syncbn.hasStep(run, 20));
            Syncbn.signal(training.child("worker-0"), "KILL");
            Syncbn.await("steps after that", Syncbn.PATIENCE, () -> Syncbn.hasStep(run, 120));
            Syncbn.signal(training.handle(), "INT");
            training.await(Syncbn.PATIENCE);
        }
        Syncbn.succeed("train", "--resume=" + run);
        assertThat(files(board)).hasSizeGreaterThanOrEqualTo(2);

        Map<String, Map<Long, Float>> scalars = scalars(board);
        assertThat(scalars.get("train/loss"))
                .hasSizeGreaterThanOrEqualTo(STEPS - 2) // a line may be lost with the worker that was to write it
                .containsAllEntriesOf(told(run, "loss"));
        assertThat(scalars.get("train/accuracy")).containsAllEntriesOf(told(run, "accuracy"));
        assertThat(scalars.get("test/loss")).hasSize(STEPS / 50).isEqualTo(told(run, "testLoss"));
        assertThat(scalars.get("test/accuracy")).isEqualTo(told(run, "testAccuracy"));
        Map<String, Set<Long>> histograms = histograms(board);
        assertThat(histograms).containsKeys("bn1/gamma", "bn1/running_mean", "bn2/gamma_gradient");
        Set<Long> every20 = LongStream.rangeClosed(1, STEPS / 20)
                .mapToObj(each -> 20 * each)
                .collect(Collectors.toSet());
        histograms.forEach((tag, steps) -> assertThat(steps)
                .as(tag)
                .isSubsetOf(every20)
                .hasSizeGreaterThanOrEqualTo(STEPS / 20 - 2)); // one may be lost with the worker that was to write it

        Path exported = directory.resolve("exported");
        assertThat(Syncbn.succeed("export", "tensorboard", run, exported).out())
                .contains("event files of " + STEPS + " steps in " + exported);
        Map<String, Map<Long, Float>> again = scalars(exported);
        assertThat(again.keySet()).isEqualTo(scalars.keySet());
        for (String tag : List.of("train/loss", "train/learning_rate", "test/loss", "test/accuracy")) {
            assertThat(scalars.get(tag)).as(tag).containsAllEntriesOf(again.get(tag));
        }
        assertThat(again.get("time/step_ms")).isEqualTo(told(run, "stepMillis"));

        Syncbn.Ended refused = Syncbn.run(
                "train", "--data=npy:" + data, "--out=" + directory.resolve("other"), "--tensorboard=" + board);
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .contains("--tensorboard is '" + board
                        + "', which has event files already; expected a directory for this run alone");
        assertThat(Files.readString(run.resolve("logs/worker-1.log"))
                        + Files.readString(run.resolve("logs/worker-0.log")))
                .contains(
                        "listener mlflow has failed; training goes on",
                        "MLflow at http://127.0.0.1:1 cannot be reached");
    }

    /** What a tracking server hears of the ends of a run: enough of MLflow's REST API for one run. */
    private static final class Mlflow implements AutoCloseable {
        private static final String RUN = "{\"run\": {\"info\": {\"run_id\": \"abc\", \"lifecycle_stage\": \"active\","
                + " \"artifact_uri\": \"mlflow-artifacts:/0/abc/artifacts\"}}}";

        final List<String> statuses = new CopyOnWriteArrayList<>();
        final Map<String, String> files = new ConcurrentHashMap<>();
        private final HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);

        Mlflow() throws IOException {
            server.createContext("/", this::answer);
            server.start();
        }

        String uri() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        private void answer(HttpExchange request) throws IOException {
            String path = request.getRequestURI().getPath();
            String body = new String(request.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (request.getRequestMethod().equals("PUT")) {
                files.put(path, body);
            } else if (path.endsWith("/runs/update")) {
                statuses.add(new ObjectMapper().readTree(body).path("status").asText());
            }
            boolean isOfRun = path.endsWith("/runs/create") || path.endsWith("/runs/get");
            byte[] answer = (isOfRun ? RUN : "{}").getBytes(StandardCharsets.UTF_8);
            request.sendResponseHeaders(200, answer.length);
            request.getResponseBody().write(answer);
            request.close();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    @Test
    void mlflowHearsHowARunEndsAndGetsItsFiles() throws Exception {
        Path data = NpyPictures.write(directory.resolve("npy"), 27, 8);
        Path run = directory.resolve("run");
        // So that it is stopped before it is done, however late the signal comes.
        Path slow =
                Files.writeString(directory.resolve("faults.txt"), "at step 20: delay worker-1 by 100 ms for 600 s");
        try (Mlflow mlflow = new Mlflow()) {
            try (Syncbn training = Syncbn.start(
                    "train",
                    "--data=npy:" + data,
                    "--out=" + run,
                    "--model=mlp",
                    "--workers=2",
                    "--steps=" + STEPS,
                    "--chaos=" + slow,
                    "--chaos-reference=none",
                    "--mlflow=" + mlflow.uri())) {
                Syncbn.await("steps; " + training.err(), Syncbn.PATIENCE, () -> Syncbn.hasStep(run, 25));
                Syncbn.signal(training.handle(), "INT");
                training.await(Syncbn.PATIENCE);
            }
            assertThat(mlflow.statuses).last().isEqualTo("KILLED");
            assertThat(mlflow.files).isEmpty();

            Syncbn.succeed("train", "--resume=" + run);
            assertThat(mlflow.statuses)
                    .filteredOn(status -> !status.equals("RUNNING"))
                    .containsExactly("KILLED", "FINISHED");
            assertThat(mlflow.statuses).last().isEqualTo("FINISHED");
            String artifacts = "/api/2.0/mlflow-artifacts/artifacts/0/abc/artifacts/";
            assertThat(mlflow.files)
                    .containsOnlyKeys(artifacts + "job.yaml", artifacts + "result.json", artifacts + "page.html");
            assertThat(mlflow.files.get(artifacts + "job.yaml")).isEqualTo(Files.readString(run.resolve("job.yaml")));
            assertThat(mlflow.files.get(artifacts + "page.html")).startsWithIgnoringCase("<!doctype html>");
        }
    }
}
