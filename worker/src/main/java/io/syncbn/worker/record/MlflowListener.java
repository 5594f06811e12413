package io.syncbn.worker.record;

import com.fasterxml.jackson.databind.JsonNode;
import io.syncbn.proto.job.Fingerprint;
import io.syncbn.worker.checkpoint.AtomicFile;
import io.syncbn.worker.checkpoint.Origin;
import io.syncbn.worker.mlflow.MlflowException;
import io.syncbn.worker.mlflow.MlflowRun;
import io.syncbn.worker.mlflow.MlflowRun.Metric;
import io.syncbn.worker.mlflow.MlflowServer;
import io.syncbn.worker.tensorboard.Scalars;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Tells MLflow of a run: settings as parameters, the lines of metrics.jsonl as metrics under the tags that TensorBoard has
 * too, the result and the run's files. The run directory keeps the id, so that the next writer goes on with the same run; a
 * step that MLflow has is not told again, and one that it lacks is told by the next writer.
 *
 * <p>Lines are sent together, once a second at most. While the server does not take them they are kept, up to a limit, every
 * event throws, and the server is asked again only now and then.
 */
final class MlflowListener implements RunListener {
    /** Most metrics that wait for a server; beyond, the oldest are dropped: metrics.jsonl has them. */
    static final int MOST_KEPT = 200_000;

    static final long BETWEEN_SENDS_MILLIS = 1000;
    static final long BETWEEN_TRIES_MILLIS = 15_000;

    /** Files of the run directory that MLflow keeps with the run, beside the run's page. */
    private static final List<String> ARTIFACTS = List.of("job.yaml", "result.json");

    private static final Logger LOG = System.getLogger("io.syncbn.worker");

    private final RunTarget target;
    private final Origin origin;
    private final LongSupplier millisClock;
    private final MlflowServer server;
    private final Deque<Metric> kept = new ArrayDeque<>();
    /** The last step told, by metric. */
    private final Map<String, Long> told = new HashMap<>();
    /** Null until the server has answered. */
    private MlflowRun run;

    private long sentMillis;
    private Optional<MlflowException> failure = Optional.empty();

    /**
     * @param millisClock since 1970
     * @param patience with an answer of the server
     */
    MlflowListener(RunTarget target, Origin origin, LongSupplier millisClock, Duration patience) {
        this.target = target;
        this.origin = origin;
        this.millisClock = millisClock;
        this.server = new MlflowServer(target.tracking().mlflow().orElseThrow(), patience);
    }

    /** Asks first what the server has: the rest of a long run may be little. */
    @Override
    public void begins(long step) {
        EarlierLines.upTo(step, target.directory(), line -> {
            if (run == null && failure.isEmpty()) {
                tryTo(() -> {});
            }
            add(line);
            if (failure.isEmpty() && kept.size() >= MlflowRun.MOST_METRICS) {
                tryTo(this::sendKept);
            }
        });
        throwFailure();
    }

    @Override
    public void steppedBefore(StepRecord step) {
        add(JsonText.tree(step));
    }

    @Override
    public void stepped(StepRecord step) {
        add(JsonText.tree(step));
        sendIfDue();
    }

    @Override
    public void evaluated(long step, double epoch, Evaluation evaluation) {
        add(JsonText.tree(evaluation.line(step, epoch)));
        sendIfDue();
    }

    private void add(JsonNode line) {
        long millis = millisClock.getAsLong();
        long step = line.path("step").asLong();
        Scalars.of(line).forEach((key, value) -> keep(new Metric(key, value, millis, step)));
    }

    /** Leaves out what JSON cannot express, and what has been told before. */
    private void keep(Metric metric) {
        if (Double.isFinite(metric.value()) && metric.step() > told.getOrDefault(metric.key(), 0L)) {
            told.put(metric.key(), metric.step());
            kept.addLast(metric);
        }
        while (kept.size() > MOST_KEPT) {
            kept.removeFirst();
        }
    }

    @Override
    public void finished(RunResult result, RunFacts facts) {
        ask(() -> {
            long millis = millisClock.getAsLong();
            resultMetrics(result, millis).forEach(kept::addLast);
            sendKept();
            run.tags(Map.of("weightsSha256", result.weightsSha256()));
            run.finished(millis);
            if (run.takesArtifacts()) {
                for (String name : ARTIFACTS) {
                    artifact(target.directory().resolve(name));
                }
                String page = target.page().html(target.directory(), origin.job());
                run.artifact("page.html", page.getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    @Override
    public void ended(RunEnd end) {
        ask(() -> {
            sendKept();
            run.ended(end == RunEnd.FAILED, millisClock.getAsLong());
        });
    }

    /** The numbers of result.json, which is written by now. */
    private List<Metric> resultMetrics(RunResult result, long millis) {
        List<Metric> metrics = new ArrayList<>();
        read(target.directory().resolve("result.json"))
                .map(text -> JsonText.parse(new String(text, StandardCharsets.UTF_8)))
                .ifPresent(json -> json.fields().forEachRemaining(field -> {
                    if (field.getValue().isNumber()) {
                        metrics.add(new Metric(
                                "result/" + field.getKey(), field.getValue().asDouble(), millis, result.steps()));
                    }
                }));
        return metrics;
    }

    private void artifact(Path file) {
        read(file).ifPresent(content -> run.artifact(file.getFileName().toString(), content));
    }

    @Override
    public void close() {
        if (!kept.isEmpty()) {
            attempt(this::sendKept);
        }
    }

    private void sendIfDue() {
        if (failure.isPresent() || millisClock.getAsLong() - sentMillis >= BETWEEN_SENDS_MILLIS) {
            attempt(this::sendKept);
        }
    }

    /** Does something with the server; shortly after a failure, fails likewise without asking. */
    private void attempt(Runnable requests) {
        if (failure.isPresent() && millisClock.getAsLong() - sentMillis < BETWEEN_TRIES_MILLIS) {
            throwFailure();
        }
        ask(requests);
    }

    private void ask(Runnable requests) {
        tryTo(requests);
        throwFailure();
    }

    private void throwFailure() {
        failure.ifPresent(thrown -> {
            throw thrown;
        });
    }

    /** Remembers a failure. */
    private void tryTo(Runnable requests) {
        sentMillis = millisClock.getAsLong();
        try {
            if (run == null) {
                open();
            }
            requests.run();
            failure = Optional.empty();
        } catch (MlflowException e) {
            sentMillis = millisClock.getAsLong();
            failure = Optional.of(e);
        }
    }

    private void open() {
        Path idFile = target.directory().resolve(Tracking.MLFLOW_RUN_FILE);
        Optional<MlflowRun> earlier = read(idFile)
                .map(id -> new String(id, StandardCharsets.UTF_8).strip())
                .filter(id -> !id.isEmpty())
                .flatMap(id -> MlflowRun.find(server, id));
        MlflowRun opened = earlier.orElseGet(this::create);
        if (earlier.isEmpty()) {
            keepId(idFile, opened.id());
        }
        opened.parameters(origin.job().settings());
        opened.tags(Map.of("fingerprint", Fingerprint.of(origin.job())));
        Map<String, Long> there = opened.lastSteps();
        kept.removeIf(metric -> metric.step() <= there.getOrDefault(metric.key(), 0L));
        there.forEach((key, step) -> told.merge(key, step, Math::max));
        run = opened;
    }

    private MlflowRun create() {
        return MlflowRun.create(
                server,
                new MlflowRun.Place(
                        target.tracking().experiment(),
                        target.directory()
                                .toAbsolutePath()
                                .normalize()
                                .getFileName()
                                .toString(),
                        millisClock.getAsLong()));
    }

    /** Sends all that is kept, the oldest first. */
    private void sendKept() {
        while (!kept.isEmpty()) {
            List<Metric> batch = kept.stream().limit(MlflowRun.MOST_METRICS).toList();
            run.metrics(batch);
            batch.forEach(metric -> kept.removeFirst());
        }
    }

    private static Optional<byte[]> read(Path file) {
        try {
            return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
        } catch (IOException e) {
            throw new RecordException(FileFault.cannotRead(file, e), e);
        }
    }

    private static void keepId(Path file, String id) {
        try {
            AtomicFile.write(file, id.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.log(Level.WARNING, FileFault.cannotWrite(file, e) + "; another writer would begin a new run in MLflow");
        }
    }
}
