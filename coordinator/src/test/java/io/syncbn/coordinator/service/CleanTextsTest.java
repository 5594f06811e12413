package io.syncbn.coordinator.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.v1.Failed;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.Heartbeat;
import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.ReplicaDigest;
import io.syncbn.proto.v1.Report;
import org.junit.jupiter.api.Test;

class CleanTextsTest {

    @Test
    void whatIsNotSeenIsTakenOut() {
        Join join = CleanTexts.of(FromWorker.newBuilder()
                        .setJoin(Join.newBuilder()
                                .setName("worker-\u001b[31m1\u202e\n")
                                .setHost("größer-计算机"))
                        .build())
                .getJoin();
        assertThat(join.getName()).isEqualTo("worker-\uFFFD[31m1\uFFFD\uFFFD");
        assertThat(join.getHost()).isEqualTo("größer-计算机");
    }

    @Test
    void whatIsTooLongIsCut() {
        Join join = CleanTexts.of(FromWorker.newBuilder()
                        .setJoin(Join.newBuilder().setName("n".repeat(1000)).setFingerprint("f".repeat(1000)))
                        .build())
                .getJoin();
        assertThat(join.getName()).isEqualTo("n".repeat(500) + "…");
        assertThat(join.getFingerprint()).hasSize(501);
        assertThat(reason("r".repeat(5000))).isEqualTo("r".repeat(2000) + "…");
    }

    @Test
    void noLineOfAReasonLooksLikeAnother() {
        assertThat(reason("two faults\n  one\r\nERROR: another\u0007"))
                .isEqualTo("two faults\n  one\n  ERROR: another\uFFFD");
    }

    /** Names in a report are shown on a page, and stand within lists and messages. */
    @Test
    void textsWithinMessagesAndListsAreCleanedToo() {
        Report report = CleanTexts.of(FromWorker.newBuilder()
                        .setHeartbeat(Heartbeat.newBuilder()
                                .setReport(Report.newBuilder()
                                        .addLayers("bn1")
                                        .addLayers("bn\u001b2")
                                        .addDigests(ReplicaDigest.newBuilder().setDigest("\n"))))
                        .build())
                .getHeartbeat()
                .getReport();
        assertThat(report.getLayersList()).containsExactly("bn1", "bn\uFFFD2");
        assertThat(report.getDigests(0).getDigest()).isEqualTo("\uFFFD");
    }

    @Test
    void allElseIsAsItCame() {
        FromWorker heartbeat = FromWorker.newBuilder()
                .setHeartbeat(Heartbeat.newBuilder().setStep(7))
                .build();
        assertThat(CleanTexts.of(heartbeat)).isEqualTo(heartbeat);
        assertThat(CleanTexts.of(FromWorker.getDefaultInstance())).isEqualTo(FromWorker.getDefaultInstance());
    }

    private static String reason(String text) {
        return CleanTexts.of(FromWorker.newBuilder()
                        .setFailed(Failed.newBuilder().setReason(text))
                        .build())
                .getFailed()
                .getReason();
    }
}
