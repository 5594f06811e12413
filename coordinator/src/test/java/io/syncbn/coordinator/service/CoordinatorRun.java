package io.syncbn.coordinator.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.syncbn.coordinator.TestRules;
import io.syncbn.coordinator.membership.Effect;
import io.syncbn.coordinator.membership.Limits;
import io.syncbn.coordinator.membership.Recovered;
import io.syncbn.coordinator.membership.Rules;
import io.syncbn.coordinator.membership.Straggler;
import io.syncbn.coordinator.membership.Topic;
import io.syncbn.coordinator.membership.WorkerRange;
import io.syncbn.proto.Protocol;
import io.syncbn.proto.sums.StreamKind;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.Heartbeat;
import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.v1.Ready;
import io.syncbn.proto.v1.Report;
import io.syncbn.proto.v1.ToWorker;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The real coordinator with fake streams and a fake clock: two workers with a shard each. */
abstract class CoordinatorRun {
    static final int WORKERS = 2;

    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final List<Effect.Note> notes = new ArrayList<>();
    /** What a spectator sees. */
    final List<String> seen = new ArrayList<>();

    long had;
    final List<FakeStreams.Control> controls = new ArrayList<>();
    final Map<StreamKind, List<FakeStreams.Data>> data = new HashMap<>();
    /** What each worker had been told when a generation was written down. */
    final List<Integer> sentWhenWritten = new ArrayList<>();

    /** What waits for the journal. */
    final List<Runnable> disk = new ArrayList<>();

    boolean diskHangs;
    Limits limits = TestRules.LIMITS;
    long nowMillis;
    Straggler straggler = Straggler.WAIT;
    Coordinator coordinator = coordinator(Recovered.NOTHING);

    Coordinator coordinator(Recovered recovered) {
        return new Coordinator(
                new Rules(
                        "job",
                        WORKERS,
                        new WorkerRange(1, WORKERS),
                        TestRules.patience(Duration.ofSeconds(100)),
                        straggler,
                        limits),
                WORKERS,
                recovered,
                () -> TimeUnit.MILLISECONDS.toNanos(nowMillis),
                new CoordinatorMetrics(registry),
                this::write,
                spectator());
    }

    private Spectator spectator() {
        return new Spectator() {
            @Override
            public void noted(Effect.Note note) {
                seen.add(note.topic().toString());
            }

            @Override
            public void reported(String worker, long generation, Report report) {
                seen.add(worker + " reports step " + report.getLastStep() + " in generation " + generation);
            }

            @Override
            public void compared(String worker, long step, String digest) {
                seen.add(worker + " has " + digest + " after step " + step);
            }
        };
    }

    void write(Effect.Note note, Runnable whenKept) {
        notes.add(note);
        disk.add(whenKept);
        if (note.topic() == Topic.GENERATION) {
            controls.forEach(control -> sentWhenWritten.add(control.sent.size()));
        }
        if (!diskHangs) {
            diskWorks();
        }
    }

    void diskWorks() {
        diskHangs = false;
        List<Runnable> kept = List.copyOf(disk);
        disk.clear();
        kept.forEach(Runnable::run);
    }

    /** The second worker was slow in ten steps in a row, and after another one the first computes its shard as well. */
    void beginWithBackup() {
        straggler = Straggler.BACKUP;
        registry.clear();
        coordinator = coordinator(Recovered.NOTHING);
        begin();
        for (long step = 1; step <= 11; step++) {
            assertThat(generation()).isEqualTo(1);
            commitPart(0, step);
            nowMillis += 100;
            commitPart(1, step);
        }
        Plan plan = controls.get(0).last().getPlan();
        assertThat(plan.getGeneration()).isEqualTo(2);
        assertThat(plan.getBackupFirstShard()).isEqualTo(1);
        assertThat(plan.getBackupShardCount()).isEqualTo(1);
        prepare();
    }

    void begin() {
        join();
        prepare();
    }

    void join() {
        for (int worker = 0; worker < WORKERS; worker++) {
            FakeStreams.Control control = new FakeStreams.Control(100 + worker);
            controls.add(control);
            coordinator.opened(control);
            join(control, worker);
        }
    }

    void join(FakeStreams.Control control, int worker) {
        coordinator.received(
                control,
                FromWorker.newBuilder()
                        .setJoin(Join.newBuilder()
                                .setProtocolVersion(Protocol.VERSION)
                                .setFingerprint("job")
                                .setName("worker-" + worker)
                                .setHost("host")
                                .setProcessId(7)
                                .setGeneration(had))
                        .build());
    }

    /** Opens data streams for the latest plans. */
    void prepare() {
        openAll();
        ready(0);
        ready(1);
    }

    void openAll() {
        data.clear();
        for (int worker = 0; worker < WORKERS; worker++) {
            open(worker, StreamKind.MOMENTS);
            open(worker, StreamKind.GRADIENTS);
        }
    }

    long generation() {
        return controls.get(0).sent.stream()
                .filter(ToWorker::hasPlan)
                .mapToLong(message -> message.getPlan().getGeneration())
                .max()
                .orElseThrow();
    }

    void open(int worker, StreamKind kind) {
        FakeStreams.Data stream = new FakeStreams.Data(kind, generation(), worker);
        data.computeIfAbsent(kind, key -> new ArrayList<>()).add(stream);
        coordinator.opened(stream);
        assertThat(stream.status).isNull();
    }

    void ready(int worker) {
        ready(worker, coordinator.membership().committedStep());
    }

    void ready(int worker, long step) {
        coordinator.received(
                controls.get(worker),
                FromWorker.newBuilder()
                        .setReady(Ready.newBuilder().setGeneration(generation()).setStep(step))
                        .build());
    }

    void step(long step) {
        commitPart(0, step);
        commitPart(1, step);
    }

    void commitPart(int worker, long step) {
        commitPart(worker, worker, step);
    }

    void commitPart(int worker, int shard, long step) {
        long generation = generation();
        coordinator.received(
                data.get(StreamKind.GRADIENTS).get(worker), part(SumKind.GRADIENTS, generation, step, shard));
        coordinator.received(data.get(StreamKind.MOMENTS).get(worker), part(SumKind.COMMIT, generation, step, shard));
    }

    static DataFrame part(SumKind kind, long generation, long step, int shard) {
        FrameHeader header = new FrameHeader(generation, step, kind, 0, 0, new Node(0, shard), 1);
        return kind == SumKind.GRADIENTS
                ? DataFrame.of(header, new float[] {1})
                : DataFrame.of(header, new double[] {1});
    }

    /** Time passes, and everybody gives signs of life. */
    void tickUntil(long millis) {
        while (nowMillis < millis) {
            nowMillis += 100;
            for (FakeStreams.Control control : controls) {
                coordinator.received(
                        control,
                        FromWorker.newBuilder()
                                .setHeartbeat(Heartbeat.getDefaultInstance())
                                .build());
            }
            coordinator.tick();
        }
    }
}
