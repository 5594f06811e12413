package io.syncbn.coordinator.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.coordinator.membership.Limits;
import io.syncbn.coordinator.membership.Recovered;
import io.syncbn.coordinator.membership.Topic;
import io.syncbn.proto.Protocol;
import io.syncbn.proto.sums.StreamKind;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.Join;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How much may wait in the coordinator to be sent to workers, and how large a model it accepts. */
class CoordinatorMemoryTest extends CoordinatorRun {
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
        return DataFrame.of(new FrameHeader(1, 5, SumKind.STATE, chunk, 0, new Node(0, 0), 3), new float[] {1});
    }

    @Test
    void oneThatHasABackupIsSentAwayWhenTooMuchWaitsForIt() {
        limits = new Limits(Duration.ofNanos(1), 64 << 20, 100);
        beginWithBackup();
        FakeStreams.Data slow = data.get(StreamKind.GRADIENTS).get(1);
        slow.isFull = true;
        long step = coordinator.membership().committedStep();
        float[] gradient = new float[1 << 16];
        for (int i = 1; i <= 40 && slow.status == null; i++) {
            for (int shard = 0; shard < WORKERS; shard++) {
                FrameHeader header =
                        new FrameHeader(generation(), step + i, SumKind.GRADIENTS, 0, 0, new Node(0, shard), 1);
                coordinator.received(data.get(StreamKind.GRADIENTS).get(0), DataFrame.of(header, gradient));
                coordinator.received(
                        data.get(StreamKind.MOMENTS).get(0), part(SumKind.COMMIT, generation(), step + i, shard));
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
        limits = new Limits(Duration.ofNanos(1), 256 << 20, 100);
        coordinator = coordinator(Recovered.NOTHING);
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
}
