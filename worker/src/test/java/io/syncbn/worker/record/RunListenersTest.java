package io.syncbn.worker.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.worker.checkpoint.ModelState;
import io.syncbn.worker.record.RunFiles.Aside;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Several listeners of one run: none of them, whatever it does, holds up a step or another one. */
class RunListenersTest {
    private static final int MINUTES = 3;
    private static final StepSplit SPLIT = new StepSplit(7, 1, 2, 1, 1, 1, 1);
    private static final RunResult RESULT = new RunResult(9, 0.5, "aa01");

    private final AtomicInteger failures = new AtomicInteger();

    private static StepRecord step(long number) {
        return new StepRecord(number, 0.1 * number, 1.5, 0.5, 0.1, 8, false, false, null, SPLIT);
    }

    private static List<String> steps(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(number -> "step " + number)
                .toList();
    }

    /** Writes down what it hears, after it has done what a test wants. */
    private static class Noting implements CheckpointKeeper {
        final List<String> heard = Collections.synchronizedList(new ArrayList<>());
        final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
        final CountDownLatch closed = new CountDownLatch(1);

        void hear(String what) {
            threads.add(Thread.currentThread());
            heard.add(what);
        }

        @Override
        public void begins(long step) {
            hear("begins after " + step);
        }

        @Override
        public void steppedBefore(StepRecord step) {
            hear("before " + step.step());
        }

        @Override
        public void stepped(StepRecord step) {
            hear("step " + step.step());
        }

        @Override
        public void evaluated(long step, double epoch, Evaluation evaluation) {
            hear("evaluated " + step);
        }

        @Override
        public void checkpoint(ModelState state, long epochsDone, Consumer<ModelState> further) {
            hear("checkpoint");
        }

        @Override
        public void lastCheckpoint(ModelState state, long epochsDone) {
            hear("last checkpoint");
        }

        @Override
        public void finished(RunResult result, RunFacts facts) {
            hear("finished after " + result.steps());
        }

        @Override
        public void ended(RunEnd end) {
            hear("ended " + end);
        }

        @Override
        public void close() {
            hear("close");
            closed.countDown();
        }

        List<String> all() throws InterruptedException {
            assertThat(closed.await(MINUTES, TimeUnit.MINUTES)).isTrue();
            return heard;
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(MINUTES, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** One that hangs at its first step. */
    private static final class Hanging extends Noting {
        final CountDownLatch goesOn = new CountDownLatch(1);

        @Override
        public void stepped(StepRecord step) {
            if (step.step() == 1) {
                RunListenersTest.await(goesOn);
            }
            super.stepped(step);
        }
    }

    /** One that fails at every step from the second to the fourth. */
    private static final class Throwing extends Noting {
        @Override
        public void stepped(StepRecord step) {
            super.stepped(step);
            if (step.step() == 3) {
                throw new AssertionError("an odd step");
            }
            if (step.step() >= 2 && step.step() <= 4) {
                throw new IllegalStateException("no such host");
            }
        }
    }

    private AsideListener aside(String name, WritingThread thread, Supplier<RunListener> maker) {
        return new AsideListener(name, maker, thread, failures::incrementAndGet);
    }

    @Test
    void allAreToldOfEverythingInItsOrderAndOnlyTheKeeperOfStates() throws InterruptedException {
        Noting keeper = new Noting();
        Noting other = new Noting();
        try (WritingThread thread = new WritingThread("other");
                RunListeners all = new RunListeners(keeper, List.of(aside("other", thread, () -> other)), 0)) {
            all.begins(4);
            all.steppedBefore(step(4));
            all.stepped(step(5));
            all.evaluated(5, 0.5, new Evaluation(8, 0.5, 0.75));
            all.checkpoint(null, 0, kept -> {});
            all.lastCheckpoint(null, 0);
            all.finished(RESULT, null);
            all.ended(RunEnd.STOPPED);
        }
        assertThat(keeper.heard)
                .containsExactly(
                        "begins after 4",
                        "before 4",
                        "step 5",
                        "evaluated 5",
                        "checkpoint",
                        "last checkpoint",
                        "finished after 9",
                        "ended STOPPED",
                        "close");
        assertThat(other.all())
                .containsExactly(
                        "begins after 4",
                        "before 4",
                        "step 5",
                        "evaluated 5",
                        "finished after 9",
                        "ended STOPPED",
                        "close");
        assertThat(failures).hasValue(0);
    }

    @Test
    void eachHasAThreadOfItsOwn() throws InterruptedException {
        Noting keeper = new Noting();
        Noting one = new Noting();
        Noting two = new Noting();
        RunTarget target = new RunTarget(Path.of("nowhere"), 3, "worker-0", true);
        List<Thread> makers = Collections.synchronizedList(new ArrayList<>());
        List<Aside> asides = List.of(
                new Aside("one", given -> true, (given, origin) -> {
                    makers.add(Thread.currentThread());
                    assertThat(given).isEqualTo(target);
                    return one;
                }),
                new Aside("two", given -> true, (given, origin) -> two),
                new Aside("three", given -> false, (given, origin) -> one));
        try (WorkerMetrics metrics = WorkerMetrics.serve("worker-0", Optional.empty());
                RunFiles files = new RunFiles(target, null, metrics, new StartTimes(0, () -> 0), asides)) {
            RunListeners all = new RunListeners(keeper, files.asides(), 0);
            all.begins(0);
            all.stepped(step(1));
            all.close();
            one.all();
            two.all();
        }
        assertThat(keeper.threads).containsOnly(Thread.currentThread());
        assertThat(one.threads).doesNotContain(Thread.currentThread()).isSubsetOf(makers);
        assertThat(two.threads).doesNotContain(Thread.currentThread()).doesNotContainAnyElementsOf(one.threads);
    }

    @Test
    void oneThatHangsAndOneThatThrowsHoldUpNobody() throws InterruptedException {
        Hanging hanging = new Hanging();
        Throwing throwing = new Throwing();
        Noting right = new Noting();
        Noting keeper = new Noting();
        try (LogCapture logged = new LogCapture();
                WritingThread first = new WritingThread("hanging");
                WritingThread second = new WritingThread("throwing");
                WritingThread third = new WritingThread("right")) {
            RunListeners all = new RunListeners(
                    keeper,
                    List.of(
                            aside("hanging", first, () -> hanging),
                            aside("throwing", second, () -> throwing),
                            aside("right", third, () -> right)),
                    0);
            for (int number = 1; number <= 6; number++) {
                all.stepped(step(number));
            }
            all.close();
            assertThat(keeper.heard).startsWith("step 1").endsWith("close");
            assertThat(right.all()).startsWith("step 1").hasSize(7);
            assertThat(throwing.all()).startsWith("step 1").hasSize(7);
            assertThat(hanging.heard).isEmpty();
            hanging.goesOn.countDown();
            assertThat(hanging.all().subList(0, 6)).isEqualTo(steps(1, 6));
            assertThat(logged.lines())
                    .containsExactly(
                            "SEVERE listener throwing has failed; training goes on",
                            "INFO listener throwing works again");
            assertThat(failures).hasValue(3);
        }
    }

    /** As where the one before it, in its thread, hangs. */
    @Test
    void oneThatIsFarBehindHearsOfTheNewestSteps() throws InterruptedException {
        int lost = 100;
        int last = AsideListener.MOST_KEPT + lost - 3; // beside the beginning, the result and the end
        CountDownLatch goesOn = new CountDownLatch(1);
        Noting noting = new Noting();
        try (LogCapture logged = new LogCapture();
                WritingThread thread = new WritingThread("behind")) {
            thread.execute(() -> await(goesOn));
            AsideListener listener = aside("behind", thread, () -> noting);
            listener.begins(0);
            for (int number = 1; number <= last; number++) {
                listener.stepped(step(number));
            }
            listener.finished(RESULT, null);
            listener.close();
            assertThat(logged.lines())
                    .containsExactly("WARNING listener behind is more than 10,000 steps behind:"
                            + " it will not hear of the oldest; training goes on");
            assertThat(failures).hasValue(lost);
            goesOn.countDown();
            List<String> heard = noting.all();
            assertThat(heard).startsWith("begins after 0", "step " + (1 + lost), "step " + (2 + lost));
            assertThat(heard).endsWith("step " + last, "finished after 9", "close");
            assertThat(heard).hasSize(AsideListener.MOST_KEPT);
        }
    }

    @Test
    void oneThatCannotBeMadeIsToldAndTriedAgain() throws InterruptedException {
        Noting late = new Noting();
        AtomicInteger tries = new AtomicInteger();
        try (LogCapture logged = new LogCapture();
                WritingThread thread = new WritingThread("late")) {
            AsideListener listener = aside("late", thread, () -> {
                if (tries.incrementAndGet() < 3) {
                    throw new IllegalStateException("no such host");
                }
                return late;
            });
            listener.begins(0);
            listener.stepped(step(1));
            listener.stepped(step(2));
            listener.close();
            assertThat(late.all()).containsExactly("step 2", "close");
            assertThat(failures).hasValue(2);
            assertThat(logged.lines())
                    .containsExactly(
                            "SEVERE listener late has failed; training goes on", "INFO listener late works again");
        }
    }

    /** Such as one that posts steps to a server that is down, and does nothing at an evaluation. */
    @Test
    void onlyWhatFailedCanWorkAgain() throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        RunListener failing = new RunListener() {
            @Override
            public void stepped(StepRecord step) {
                throw new IllegalStateException("connection refused");
            }

            @Override
            public void close() {
                closed.countDown();
            }
        };
        try (LogCapture logged = new LogCapture();
                WritingThread thread = new WritingThread("post")) {
            AsideListener listener = aside("post", thread, () -> failing);
            listener.begins(0);
            listener.stepped(step(1));
            listener.evaluated(1, 0.5, new Evaluation(8, 0.5, 0.75));
            listener.stepped(step(2));
            listener.finished(RESULT, null);
            listener.close();
            await(closed);
            assertThat(logged.lines()).containsExactly("SEVERE listener post has failed; training goes on");
            assertThat(failures).hasValue(2);
        }
    }

    /** Without the run's own files there is no run, and nobody hears of a step of it. */
    @Test
    void whatTheKeeperThrowsEndsTraining() throws InterruptedException {
        Noting other = new Noting();
        Noting keeper = new Noting() {
            @Override
            public void finished(RunResult result, RunFacts facts) {
                throw new RecordException("cannot write result.json");
            }
        };
        try (WritingThread thread = new WritingThread("other");
                RunListeners all = new RunListeners(keeper, List.of(aside("other", thread, () -> other)), 0)) {
            all.stepped(step(1));
            assertThatThrownBy(() -> all.finished(RESULT, null)).isInstanceOf(RecordException.class);
        }
        assertThat(other.all()).containsExactly("step 1", "close");
    }
}
