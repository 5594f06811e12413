package io.syncbn.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class IntraOpThreadsTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void eachPartIsDoneOnce(int threads) {
        try (IntraOpThreads team = new IntraOpThreads(threads)) {
            for (int parts : new int[] {0, 1, 2, 3, 17}) {
                AtomicIntegerArray done = new AtomicIntegerArray(parts);
                team.forEach(parts, done::incrementAndGet);
                for (int part = 0; part < parts; part++) {
                    assertThat(done.get(part)).as("part %d of %d", part, parts).isEqualTo(1);
                }
            }
        }
    }

    /** Each waits until the other has begun. */
    @Test
    void partsAreDoneAtTheSameTime() {
        CyclicBarrier both = new CyclicBarrier(2);
        try (IntraOpThreads team = new IntraOpThreads(2)) {
            team.forEach(2, part -> {
                try {
                    both.await(30, TimeUnit.SECONDS);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        }
    }

    /** The helper's part is still under way when the other one has ended. */
    @Test
    void itEndsWhenTheLastPartDoes() {
        CyclicBarrier both = new CyclicBarrier(2);
        Thread shard = Thread.currentThread();
        AtomicIntegerArray done = new AtomicIntegerArray(2);
        try (IntraOpThreads team = new IntraOpThreads(2)) {
            team.forEach(2, part -> {
                try {
                    both.await(30, TimeUnit.SECONDS);
                    TimeUnit.MILLISECONDS.sleep(Thread.currentThread() == shard ? 0 : 200);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                done.incrementAndGet(part);
            });
            assertThat(done.toString()).isEqualTo("[1, 1]");
        }
    }

    /** Others may be writing into the shard's arrays meanwhile. */
    @Test
    void aFailureIsToldWhenTheOtherPartsAreDone() {
        AtomicIntegerArray done = new AtomicIntegerArray(8);
        try (IntraOpThreads team = new IntraOpThreads(3)) {
            assertThatThrownBy(() -> team.forEach(8, part -> {
                        if (part == 2) {
                            throw new KernelsException("part 2");
                        }
                        done.incrementAndGet(part);
                    }))
                    .isInstanceOf(KernelsException.class)
                    .hasMessage("part 2");
            assertThat(done.toString()).isEqualTo("[1, 1, 0, 1, 1, 1, 1, 1]");
        }
    }

    @Test
    void anInterruptWaitsForThePartsAndIsKept() {
        AtomicIntegerArray done = new AtomicIntegerArray(4);
        try (IntraOpThreads team = new IntraOpThreads(2)) {
            Thread.currentThread().interrupt();
            team.forEach(4, done::incrementAndGet);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(done.toString()).isEqualTo("[1, 1, 1, 1]");
        }
    }
}
