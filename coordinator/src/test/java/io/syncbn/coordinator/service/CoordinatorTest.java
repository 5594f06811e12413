package io.syncbn.coordinator.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.syncbn.coordinator.membership.Earlier;
import io.syncbn.coordinator.membership.Effect;
import io.syncbn.coordinator.membership.Limits;
import io.syncbn.coordinator.membership.Patience;
import io.syncbn.coordinator.membership.Rules;
import io.syncbn.coordinator.membership.Straggler;
import io.syncbn.coordinator.membership.Topic;
import io.syncbn.proto.Protocol;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.v1.Failed;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.Heartbeat;
import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Kind;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.v1.Ready;
import io.syncbn.proto.v1.ToWorker;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real coordinator with streams and a clock by hand: two workers with a shard each. */
class CoordinatorTest {
    private static final int WORKERS = 2;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<Effect.Note> notes = new ArrayList<>();
    private long had;
    private final List<FakeStreams.Control> controls = new ArrayList<>();
    private final Map<StreamKind, List<FakeStreams.Data>> data = new HashMap<>();
    /** What each worker had been told when a generation was written down. */
    private final List<Integer> sentWhenWritten = new ArrayList<>();

    /** What waits for the journal. */
    private final List<Runnable> disk = new ArrayList<>();

    private boolean diskHangs;
    private Limits limits = Limits.DEFAULT;
    private long nowMillis;
    private Straggler straggler = Straggler.WAIT;
    private Coordinator coordinator = coordinator(Earlier.NOTHING);

    private Coordinator coordinator(Earlier earlier) {
        return new Coordinator(
                new Rules(
                        "job",
                        WORKERS,
                        1,
                        WORKERS,
                        TimeUnit.SECONDS.toNanos(100),
                        Patience.DEFAULT,
                        straggler,
                        100,
                        limits),
                WORKERS,
                earlier,
                () -> TimeUnit.MILLISECONDS.toNanos(nowMillis),
                new CoordinatorMetrics(registry),
                this::write);
    }

    private void write(Effect.Note note, Runnable whenKept) {
        notes.add(note);
        disk.add(whenKept);
        if (note.topic() == Topic.GENERATION) {
            controls.forEach(control -> sentWhenWritten.add(control.sent.size()));
        }
        if (!diskHangs) {
            diskWorks();
        }
    }

    @Test
    void aWorkerCountsAsReadyWhenItsDataStreamsAreThere() {
        join();
        ready(0);
        ready(1);
        open(0, StreamKind.MOMENTS);
        open(0, StreamKind.GRADIENTS);
        open(1, StreamKind.GRADIENTS);
        assertThat(controls).noneMatch(control -> control.last().hasBegin());
        open(1, StreamKind.MOMENTS);
        assertThat(controls).allMatch(control -> control.last().hasBegin());
    }

    private void diskWorks() {
        diskHangs = false;
        List<Runnable> kept = List.copyOf(disk);
        disk.clear();
        kept.forEach(Runnable::run);
    }

    @Test
    void aGenerationWaitsForADiskThatHangsAndNothingElseDoes() {
        diskHangs = true;
        begin();
        assertThat(controls).noneMatch(control -> control.last().hasBegin());
        tickUntil(30_000);
        assertThat(notes).noneMatch(note -> note.topic() == Topic.EVICTED);
        diskWorks();
        assertThat(controls).allMatch(control -> control.last().hasBegin());
    }

    @Test
    void whatIsDecidedMeanwhileIsDoneAfterwardsAndInOrder() {
        diskHangs = true;
        begin();
        coordinator.closed(controls.get(1));
        assertThat(controls.get(0).last().hasPlan()).isTrue();
        assertThat(controls.get(0).last().getPlan().getGeneration()).isEqualTo(1);
        diskWorks();
        List<ToWorker> sent = controls.get(0).sent;
        assertThat(sent.get(sent.size() - 2).hasBegin()).isTrue();
        assertThat(sent.get(sent.size() - 1).getPlan().getGeneration()).isEqualTo(2);
    }

    @Test
    void aDiskThatHangsForTooLongIsOneThatCannotBeWrittenTo() {
        diskHangs = true;
        begin();
        tickUntil(61_000);
        assertThat(controls).allMatch(control -> control.last().hasBegin());
        diskWorks();
        assertThat(controls).allMatch(control -> control.last().hasBegin());
    }

    @Test
    void aJobThatFailsWaitsForNoDisk() {
        diskHangs = true;
        begin();
        coordinator.fail("enough");
        assertThat(controls).allMatch(control -> control.last().hasAbort());
        assertThat(coordinator.end()).isDone();
    }

    @Test
    void aJobThatWasDoneEndsAgainAndTellsThoseWhoDidNotHear() {
        coordinator =
                coordinator(new Earlier(3, 60, Set.of("worker-0"), 0, 0, Optional.of(new Effect.Succeed(60, "abcd"))));
        join();
        assertThat(controls.get(0).last().getReleased().getReason()).isEqualTo("the job is done after step 60");
        assertThat(coordinator.end()).isNotDone();
        tickUntil(nowMillis + 4000);
        assertThat(coordinator.end()).isCompletedWithValue(new Effect.Succeed(60, "abcd"));
    }

    @Test
    void aGenerationIsWrittenDownBeforeItBegins() {
        begin();
        assertThat(sentWhenWritten).containsExactly(1, 1);
        assertThat(controls).allMatch(control -> control.sent.size() == 2);
        assertThat(notes.get(notes.size() - 1).workers()).hasSize(WORKERS);
    }

    @Test
    void aWorkerThatStopsIsSentAwayAfterTwoUsualStepsAndABit() {
        begin();
        for (long step = 1; step <= 5; step++) {
            nowMillis += 100;
            step(step);
        }
        commitPart(0, 6);
        tickUntil(nowMillis + 2_000);
        assertThat(controls.get(1).hasEnded).isFalse();
        tickUntil(nowMillis + 100);
        assertThat(controls.get(1).hasEnded).isTrue();
        assertThat(controls.get(1).last().getEvicted().getReason())
                .isEqualTo(
                        "worker-1 (shard 1, host host, process 7) was sent away: GRADIENTS 0 of step 6 has waited for"
                                + " it for 2100 ms, longer than 2000 ms");
        assertThat(controls.get(0).last().getPlan().getGeneration()).isEqualTo(2);
        assertThat(controls.get(0).last().getPlan().getCommittedStep()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 60_000})
    void theTimeInWhichTheCoordinatorStoodStillIsNobodysFault(int millis) {
        begin();
        for (long step = 1; step <= 5; step++) {
            nowMillis += 100;
            step(step);
        }
        commitPart(0, 6);
        tickUntil(nowMillis + 100);
        nowMillis += 100 + millis;
        coordinator.tick();
        tickUntil(nowMillis + 2_000);
        assertThat(controls.get(1).hasEnded).isFalse();
        commitPart(1, 6);
        assertThat(coordinator.membership().committedStep()).isEqualTo(6);
    }

    @Test
    void aSlowWorkerIsNamed() {
        begin();
        for (long step = 1; step <= 2; step++) {
            commitPart(0, step);
            nowMillis += 100;
            commitPart(1, step);
        }
        assertThat(notes.get(notes.size() - 1).topic()).isEqualTo(Topic.SLOW);
        assertThat(notes.get(notes.size() - 1).text())
                .isEqualTo("worker-1 (shard 1) is slow: the others waited for it alone for 100 ms of a step of 100 ms");
        assertThat(registry.get("syncbn.coordinator.waited.for")
                        .tag("worker", "worker-1")
                        .gauge()
                        .value())
                .isEqualTo(0.1);
    }

    @Test
    void aSlowWorkerHasABackupUntilItKeepsUp() {
        beginWithBackup();
        assertThat(notes.stream().filter(note -> note.topic() == Topic.RERUN).map(Effect.Note::text))
                .containsExactly("worker-1 (shard 1) is slow: worker-0 computes its shards as well");
        assertThat(registry.get("syncbn.coordinator.reruns").gauge().value()).isEqualTo(1);
        long before = coordinator.membership().committedStep();
        commitPart(0, before + 1);
        commitPart(0, 1, before + 1);
        assertThat(coordinator.membership().committedStep()).isEqualTo(before + 1);
        assertThat(data.get(StreamKind.MOMENTS).get(1).sent).hasSize(1);
        assertThat(registry.get("syncbn.coordinator.frames.backup").counter().count())
                .isEqualTo(2);
        for (long step = before + 2; step <= before + 22; step++) {
            assertThat(generation()).isEqualTo(2);
            step(step);
        }
        assertThat(generation()).isEqualTo(3);
        assertThat(notes.get(notes.size() - 2).text()).isEqualTo("worker-1 keeps up again");
        assertThat(controls.get(0).last().getPlan().getBackupShardCount()).isZero();
        assertThat(registry.get("syncbn.coordinator.reruns").gauge().value()).isZero();
    }

    @Test
    void aWorkerForWhichNobodyWaitsIsSentAwayIfItTakesNothing() {
        beginWithBackup();
        long step = coordinator.membership().committedStep();
        for (int i = 0; i < 5; i++) {
            step(++step);
        }
        FakeStreams.Data full = data.get(StreamKind.GRADIENTS).get(1);
        full.isFull = true;
        data.get(StreamKind.GRADIENTS).get(0).isFull = true; // it has no backup, so the others wait for it as it is
        tickUntil(nowMillis + 4_000);
        full.isFull = false;
        step(++step);
        full.isFull = true;
        tickUntil(nowMillis + 5_100);
        assertThat(controls).noneMatch(control -> control.hasEnded);
        tickUntil(nowMillis + 100);
        assertThat(controls.get(0).hasEnded).isFalse();
        assertThat(controls.get(1).last().getEvicted().getReason())
                .isEqualTo(
                        "worker-1 (shard 1, host host, process 7) was sent away: it has not taken what was sent to it"
                                + " for 5000 ms");
        assertThat(controls.get(0).last().getPlan().getWorkers()).isEqualTo(1);
    }

    /** The second worker was slow in ten steps in a row, and after another one the first computes its shard as well. */
    private void beginWithBackup() {
        straggler = Straggler.RERUN;
        registry.clear();
        coordinator = coordinator(Earlier.NOTHING);
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

    @Test
    void whatComesOnAStreamOfAnEarlierGenerationDoesNothing() {
        begin();
        FakeStreams.Data old = data.get(StreamKind.MOMENTS).get(0);
        coordinator.broken(data.get(StreamKind.GRADIENTS).get(1));
        assertThat(old.status.getDescription()).isEqualTo("generation 1 has ended");
        prepare();
        int asked = old.asked;
        coordinator.received(old, part(Kind.GRADIENTS, 9, 9, 0));
        coordinator.damaged(old, Status.DATA_LOSS.withDescription("damaged"));
        coordinator.broken(old);
        coordinator.ended(old);
        assertThat(old.asked).isEqualTo(asked);
        assertThat(controls).allMatch(control -> control.last().hasBegin() && !control.hasEnded);
        step(1);
        assertThat(coordinator.membership().committedStep()).isEqualTo(1);
    }

    @Test
    void aFrameBeforeTheGenerationBeginsCostsItsSenderItsPlaceUnlessItIsOld() {
        join();
        open(0, StreamKind.MOMENTS);
        FakeStreams.Data moments = data.get(StreamKind.MOMENTS).get(0);
        coordinator.received(moments, part(Kind.COMMIT, 0, 1, 0));
        assertThat(controls.get(0).hasEnded).isFalse();
        coordinator.received(moments, part(Kind.COMMIT, 1, 1, 0));
        assertThat(controls.get(0).last().getAbort().getReason())
                .isEqualTo("worker-0 (shard 0, host host, process 7) was sent away: "
                        + "step 1, COMMIT 0 (generation 1): came before the generation began");
    }

    @Test
    void whatComesOnAStreamThatHasEndedSaysNothing() {
        begin();
        FakeStreams.Control lost = controls.get(1);
        coordinator.closed(lost);
        join(lost, 1);
        assertThat(coordinator.membership().members()).hasSize(1);
    }

    @Test
    void aRestartGoesOnFromWhatWasWrittenDown() {
        begin();
        step(1);
        coordinator = coordinator(Earlier.from(notes));
        assertThat(notes.get(notes.size() - 1).topic()).isEqualTo(Topic.RESTARTED);
        assertThat(Earlier.from(notes))
                .isEqualTo(new Earlier(1, 0, Set.of("worker-0", "worker-1"), 1, 0, Optional.empty()));
        controls.clear();
        data.clear();
        had = 1;
        begin();
        assertThat(controls.get(0).last().getBegin().getGeneration()).isEqualTo(2);
    }

    @Test
    void aMistakeOfTheCoordinatorsEndsTheJobInWords() {
        join();
        coordinator.run(() -> {
            throw new IllegalStateException("oh");
        });
        assertThat(coordinator.end().join())
                .isEqualTo(new Effect.Fail("a mistake in the coordinator: java.lang.IllegalStateException: oh"));
        assertThat(controls).allMatch(control -> control.last().hasAbort() && control.hasEnded);
    }

    /** As when there is no memory left even for the words. */
    @Test
    void aMistakeThatCannotBeToldEndsTheJobTooInsteadOfLettingItStandStill() {
        join();
        controls.get(0).breaks = true;
        coordinator.run(() -> {
            throw new StackOverflowError("oh");
        });
        assertThat(coordinator.end().join())
                .isEqualTo(new Effect.Fail("a mistake in the coordinator: java.lang.StackOverflowError: oh"));
    }

    @Test
    void aWorkersFaultIsCountedAndAStrangersIsNot() {
        begin();
        coordinator.received(
                controls.get(1),
                FromWorker.newBuilder()
                        .setFailed(Failed.newBuilder()
                                .setCause(Failed.Cause.WORKER)
                                .setFault("java.lang.OutOfMemoryError")
                                .setReason("java.lang.OutOfMemoryError: Java heap space"))
                        .build());
        FakeStreams.Control stranger = new FakeStreams.Control(99);
        coordinator.opened(stranger);
        coordinator.received(
                stranger,
                FromWorker.newBuilder()
                        .setFailed(Failed.newBuilder().setFault("Made.Up"))
                        .build());
        assertThat(registry.get("syncbn.coordinator.worker.faults").counters()).hasSize(1);
        assertThat(registry.get("syncbn.coordinator.worker.faults")
                        .tags("cause", "worker", "fault", "java.lang.OutOfMemoryError")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(coordinator.end()).isNotDone();
    }

    @Test
    void whatAWorkerWasWaitedForIsForgottenWithIt() {
        begin();
        step(1);
        assertThat(registry.find("syncbn.coordinator.waited.for").gauges()).hasSize(2);
        coordinator.closed(controls.get(1));
        assertThat(registry.find("syncbn.coordinator.waited.for").gauges())
                .singleElement()
                .satisfies(gauge -> assertThat(gauge.getId().getTag("worker")).isEqualTo("worker-0"));
    }

    @Test
    void aStateIsTakenNoFasterThanThoseItIsForTakeIt() {
        join();
        openAll();
        ready(0, 5);
        ready(1, 0);
        FakeStreams.Data source = data.get(StreamKind.GRADIENTS).get(0);
        FakeStreams.Data target = data.get(StreamKind.GRADIENTS).get(1);
        coordinator.received(source, state(0));
        assertThat(source.asked).isEqualTo(1);

        target.isFull = true;
        coordinator.received(source, state(1));
        assertThat(target.sent).hasSize(2);
        coordinator.ready(target);
        coordinator.tick();
        assertThat(source.asked).isEqualTo(1);
        target.isFull = false;
        coordinator.ready(target);
        assertThat(source.asked).isEqualTo(2);
    }

    private static DataFrame state(int chunk) {
        return DataFrame.of(new FrameHeader(1, 5, Kind.STATE, chunk, 0, new Node(0, 0), 3), new float[] {1});
    }

    @Test
    void oneThatHasABackupIsSentAwayWhenTooMuchWaitsForIt() {
        limits = new Limits(1, 64 << 20);
        beginWithBackup();
        FakeStreams.Data slow = data.get(StreamKind.GRADIENTS).get(1);
        slow.isFull = true;
        long step = coordinator.membership().committedStep();
        float[] gradient = new float[1 << 16];
        for (int i = 1; i <= 40 && slow.status == null; i++) {
            for (int shard = 0; shard < WORKERS; shard++) {
                FrameHeader header =
                        new FrameHeader(generation(), step + i, Kind.GRADIENTS, 0, 0, new Node(0, shard), 1);
                coordinator.received(data.get(StreamKind.GRADIENTS).get(0), DataFrame.of(header, gradient));
                coordinator.received(
                        data.get(StreamKind.MOMENTS).get(0), part(Kind.COMMIT, generation(), step + i, shard));
            }
            coordinator.tick();
        }
        assertThat(notes)
                .filteredOn(note -> note.topic() == Topic.EVICTED)
                .singleElement()
                .satisfies(note -> assertThat(note.text()).contains("it has not taken more than 8388608 bytes"));
    }

    @Test
    void aModelForWhichTheMemoryIsTooSmallIsRefusedWithWhatIsNeeded() {
        limits = new Limits(1, 256 << 20);
        coordinator = coordinator(Earlier.NOTHING);
        FakeStreams.Control control = new FakeStreams.Control(7);
        coordinator.opened(control);
        coordinator.received(
                control,
                FromWorker.newBuilder()
                        .setJoin(Join.newBuilder()
                                .setProtocolVersion(Protocol.VERSION)
                                .setFingerprint("job")
                                .setName("worker-0")
                                .setGradientBytes(200L << 20))
                        .build());
        assertThat(control.last().getRefused().getReason())
                .isEqualTo(
                        "the coordinator's memory is too small for 2 workers and a model of 200 MB: its heap is 256 MB,"
                                + " and about 464 MB are needed; give it more by --coordinator-heap, or where it is started by"
                                + " itself, by SYNCBN_JAVA_OPTS=-Xmx464m");
    }

    private void begin() {
        join();
        prepare();
    }

    private void join() {
        for (int worker = 0; worker < WORKERS; worker++) {
            FakeStreams.Control control = new FakeStreams.Control(100 + worker);
            controls.add(control);
            coordinator.opened(control);
            join(control, worker);
        }
    }

    private void join(FakeStreams.Control control, int worker) {
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
    private void prepare() {
        openAll();
        ready(0);
        ready(1);
    }

    private void openAll() {
        data.clear();
        for (int worker = 0; worker < WORKERS; worker++) {
            open(worker, StreamKind.MOMENTS);
            open(worker, StreamKind.GRADIENTS);
        }
    }

    private long generation() {
        return controls.get(0).sent.stream()
                .filter(ToWorker::hasPlan)
                .mapToLong(message -> message.getPlan().getGeneration())
                .max()
                .orElseThrow();
    }

    private void open(int worker, StreamKind kind) {
        FakeStreams.Data stream = new FakeStreams.Data(kind, generation(), worker);
        data.computeIfAbsent(kind, key -> new ArrayList<>()).add(stream);
        coordinator.opened(stream);
        assertThat(stream.status).isNull();
    }

    private void ready(int worker) {
        ready(worker, coordinator.membership().committedStep());
    }

    private void ready(int worker, long step) {
        coordinator.received(
                controls.get(worker),
                FromWorker.newBuilder()
                        .setReady(Ready.newBuilder().setGeneration(generation()).setStep(step))
                        .build());
    }

    private void step(long step) {
        commitPart(0, step);
        commitPart(1, step);
    }

    private void commitPart(int worker, long step) {
        commitPart(worker, worker, step);
    }

    private void commitPart(int worker, int shard, long step) {
        long generation = generation();
        coordinator.received(data.get(StreamKind.GRADIENTS).get(worker), part(Kind.GRADIENTS, generation, step, shard));
        coordinator.received(data.get(StreamKind.MOMENTS).get(worker), part(Kind.COMMIT, generation, step, shard));
    }

    private static DataFrame part(Kind kind, long generation, long step, int shard) {
        FrameHeader header = new FrameHeader(generation, step, kind, 0, 0, new Node(0, shard), 1);
        return kind == Kind.GRADIENTS ? DataFrame.of(header, new float[] {1}) : DataFrame.of(header, new double[] {1});
    }

    /** Time passes, and everybody gives signs of life. */
    private void tickUntil(long millis) {
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
