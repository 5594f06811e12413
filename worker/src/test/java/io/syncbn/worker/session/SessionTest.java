package io.syncbn.worker.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.v1.Abort;
import io.syncbn.proto.v1.Evicted;
import io.syncbn.proto.v1.Hold;
import io.syncbn.proto.v1.Refused;
import io.syncbn.proto.v1.Released;
import io.syncbn.proto.v1.Restore;
import io.syncbn.proto.v1.Stop;
import io.syncbn.proto.v1.ToWorker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Conversations, from the worker's side. */
class SessionTest extends Conversation {

    @Test
    void aJobWithoutTroubles() {
        assertThat(on(new SessionEvent.Started())).containsExactly("do Rest", "remind after 10000 ms");
        assertThat(done(FRESH))
                .containsExactly(
                        "connect 1",
                        "send join { protocol_version: 7 fingerprint: \"job\" data_digest: \"data\""
                                + " state_digest: \"fresh\" name: \"worker-1\" process_id: 42 host: \"host\""
                                + " arithmetic_digest: \"bits\" arithmetic: \"library 1.0\""
                                + " definition_digest: \"layers\" }");
        assertThat(receive(plan(1, 0)))
                .containsExactly("heartbeat every 500", "end waits but for step 0", "do Prepare");
        assertThat(done(FRESH)).containsExactly("send ready { generation: 1 state_digest: \"fresh\" }");
        assertThat(receive(begin(1, 0))).containsExactly("do Train");
        assertThat(on(new SessionEvent.Done(lastCommand, SessionEvent.Result.JOB_DONE, TRAINED)))
                .containsExactly("send finished { step: 7 state_digest: \"seven\" generation: 1 }");
        assertThat(on(new SessionEvent.Closed(connection, Optional.empty())))
                .containsExactly("end waits but for step -1", "end DONE");
    }

    @Test
    void aNewGenerationEndsTheStepAndTheWorkIsTakenUpAgain() {
        train();
        long training = lastCommand;
        assertThat(receive(plan(2, 7)))
                .containsExactly("heartbeat every 500", "end waits but for step 7", "do Prepare");
        assertThat(on(new SessionEvent.Done(training, SessionEvent.Result.ABANDONED, TRAINED)))
                .as("the training thread has a newer command")
                .isEmpty();
        assertThat(done(TRAINED))
                .containsExactly("send ready { generation: 2 step: 7 state_digest: \"seven\" batches_tracked: 7"
                        + " data_statistics: 1.0 data_statistics: 0.5 data_statistics: 0.25 left_out_in_a_row: 3 }");
        assertThat(receive(begin(2, 7))).containsExactly("do Train");
        assertThat(receive(plan(1, 0))).as("a plan of the past").isEmpty();
    }

    @Test
    void whoIsBehindTakesOverTheStateAndIsReadyAgain() {
        join(FRESH);
        receive(plan(3, 7));
        done(FRESH);
        assertThat(receive(align(2, 0))).as("of another generation").isEmpty();
        assertThat(receive(align(3, 0))).containsExactly("do TakeState");
        assertThat(done(TRAINED)).hasSize(1).first().asString().startsWith("send ready { generation: 3 step: 7");
    }

    @Test
    void theSourceSendsItsStateAndNobodyElseDoesAnything() {
        join(TRAINED);
        receive(plan(3, 7));
        done(TRAINED);
        assertThat(receive(align(3, 0))).as("is there already").isEmpty();
        assertThat(receive(align(3, 1))).containsExactly("do SendState");
        assertThat(done(TRAINED)).isEmpty();
    }

    @Test
    void knowingTheDataStatisticsIsPartOfTheState() {
        Position without = new Position(7, "seven", 7, List.of(), 0);
        join(without);
        receive(plan(3, 7));
        done(without);
        assertThat(receive(align(3, 0))).containsExactly("do TakeState");
    }

    @Test
    void aLostCoordinatorIsTriedAgainWithTheStateThatIsThere() {
        train();
        nanos += Duration.ofMinutes(10).toNanos();
        assertThat(on(new SessionEvent.Closed(connection, Optional.of("UNAVAILABLE"))))
                .containsExactly("remind after 30000 ms", "end waits but for step -1", "do Rest", "retry after 50 ms");
        assertThat(on(new SessionEvent.RetryDue())).as("not at rest yet").isEmpty();
        List<String> again = done(TRAINED);
        assertThat(again).hasSize(2).first().isEqualTo("connect 2");
        assertThat(again.get(1)).contains("state_digest: \"seven\" step: 7");
        assertThat(on(new SessionEvent.Closed(1, Optional.of("late")))).isEmpty();

        for (int expected : List.of(100, 200, 400, 800, 1000, 1000)) {
            nanos += Duration.ofSeconds(1).toNanos();
            assertThat(on(new SessionEvent.Closed(connection, Optional.of("UNAVAILABLE"))))
                    .contains("retry after " + expected + " ms");
            done(TRAINED);
            on(new SessionEvent.RetryDue());
        }
        nanos += Duration.ofSeconds(25).toNanos();
        assertThat(on(new SessionEvent.Closed(connection, Optional.of("UNAVAILABLE"))))
                .containsExactly(
                        "end waits but for step -1",
                        "fail: the coordinator at coordinator:1 was lost: UNAVAILABLE; tried for 30 s");
    }

    @Test
    void aCoordinatorThatNeverAnswersIsGivenUpSooner() {
        on(new SessionEvent.Started());
        done(FRESH);
        nanos += Duration.ofSeconds(11).toNanos();
        assertThat(on(new SessionEvent.Closed(connection, Optional.of("UNAVAILABLE"))))
                .contains("fail: no coordinator answers at coordinator:1; tried for 10 s");
    }

    @Test
    void aCoordinatorThatIsReachedAndSaysNothingIsGivenUpToo() {
        on(new SessionEvent.Started());
        assertThat(done(FRESH)).first().isEqualTo("connect 1");
        nanos += Duration.ofSeconds(9).toNanos();
        assertThat(on(new SessionEvent.TimePassed())).isEmpty();
        nanos += Duration.ofSeconds(1).toNanos();
        assertThat(on(new SessionEvent.TimePassed()))
                .contains("fail: no coordinator answers at coordinator:1; tried for 10 s");
    }

    @Test
    void aCoordinatorThatHangsIsGivenUpInTimeCountedFromItsLastSign() {
        train();
        nanos += Duration.ofMinutes(10).toNanos();
        assertThat(on(new SessionEvent.Silent(connection, Duration.ofSeconds(15).toNanos())))
                .containsExactly("remind after 15000 ms");
        assertThat(on(new SessionEvent.Closed(connection, Optional.of("silent"))))
                .containsExactly("end waits but for step -1", "do Rest", "retry after 50 ms");
        done(FRESH);
        assertThat(on(new SessionEvent.RetryDue())).first().isEqualTo("connect 2");
        nanos += Duration.ofSeconds(15).toNanos();
        assertThat(on(new SessionEvent.TimePassed()))
                .as("the second connection stands, and nobody answers")
                .contains("fail: the coordinator at coordinator:1 was lost: silent; tried for 30 s");
    }

    @Test
    void aWorkerThatCannotComeToRestGivesUpInTimeToo() {
        train();
        on(new SessionEvent.Closed(connection, Optional.of("UNAVAILABLE")));
        on(new SessionEvent.RetryDue());
        nanos += Duration.ofSeconds(30).toNanos();
        assertThat(on(new SessionEvent.TimePassed()))
                .contains("fail: the coordinator at coordinator:1 was lost: UNAVAILABLE; tried for 30 s");
    }

    @Test
    void aReminderOfALossThatIsOverSaysNothing() {
        train();
        on(new SessionEvent.Closed(connection, Optional.of("UNAVAILABLE")));
        done(FRESH);
        on(new SessionEvent.RetryDue());
        on(new SessionEvent.Opened(connection));
        nanos += Duration.ofSeconds(30).toNanos();
        assertThat(on(new SessionEvent.TimePassed())).isEmpty();
    }

    @Test
    void whoIsAskedToLeaveDoesNotWaitForEver() {
        train();
        on(new SessionEvent.LeaveAsked("drained"));
        nanos += Duration.ofSeconds(5).toNanos();
        assertThat(on(new SessionEvent.TimePassed())).isEmpty();
        nanos += Duration.ofSeconds(1).toNanos();
        assertThat(on(new SessionEvent.TimePassed())).containsExactly("end waits but for step -1", "end LEFT");
    }

    @Test
    void whoWasEvictedJoinsAnew() {
        train();
        assertThat(receive(ToWorker.newBuilder().setEvicted(Evicted.newBuilder().setReason("slept"))))
                .containsExactly("remind after 30000 ms", "end waits but for step -1", "do Rest", "retry after 50 ms");
        done(FRESH);
        assertThat(on(new SessionEvent.RetryDue())).first().isEqualTo("connect 2");
    }

    @Test
    void holdKeepsTheStateAndWaits() {
        train();
        assertThat(receive(ToWorker.newBuilder().setHold(Hold.newBuilder().setCommittedStep(7))))
                .containsExactly("end waits but for step 7", "do Rest");
        assertThat(done(TRAINED)).isEmpty();
        assertThat(receive(plan(2, 7))).contains("do Prepare");
    }

    @Test
    void whoIsAskedForACheckpointTakesItOverAndSaysWhereItStands() {
        join(FRESH);
        ToWorker.Builder restore =
                ToWorker.newBuilder().setRestore(Restore.newBuilder().setReason("nobody has step 9"));
        assertThat(receive(restore)).containsExactly("end waits but for step -1", "do Restore");
        assertThat(done(TRAINED)).containsExactly("send restored { step: 7 is_from_checkpoint: true }");
        assertThat(receive(restore)).contains("do Restore");
        assertThat(done(TRAINED)).containsExactly("send restored { step: 7 }");
    }

    /** A checkpoint's state, or the first one, is not what the others came to, and to be planned changes nothing in that. */
    @Test
    void aJoinTellsWhichGenerationsStateThisProcessHad() {
        join(FRESH);
        receive(plan(3, 0));
        done(FRESH);
        assertThat(joinAgain(FRESH)).doesNotContain("generation");
        receive(plan(4, 0));
        done(FRESH);
        receive(align(4, 0));
        done(TRAINED);
        assertThat(joinAgain(TRAINED)).contains("generation: 4");
        receive(plan(6, 7));
        done(TRAINED);
        assertThat(joinAgain(TRAINED)).contains("generation: 6");
    }

    @Test
    void whoHasBegunAGenerationHadItsState() {
        train();
        on(new SessionEvent.Closed(connection, Optional.of("UNAVAILABLE")));
        done(TRAINED);
        assertThat(on(new SessionEvent.RetryDue()).toString()).contains("generation: ");
    }

    private String joinAgain(Position position) {
        on(new SessionEvent.Closed(connection, Optional.of("UNAVAILABLE")));
        done(position);
        String join = on(new SessionEvent.RetryDue()).toString();
        on(new SessionEvent.Opened(connection));
        return join;
    }

    @Test
    void stopKeepsACheckpointAndEnds() {
        train();
        done(TRAINED); // the last commit
        assertThat(receive(ToWorker.newBuilder()
                        .setStop(Stop.newBuilder().setReason("Ctrl-C").setKeepsCheckpoint(true))))
                .containsExactly("do Keep");
        assertThat(done(TRAINED)).containsExactly("send finished { step: 7 state_digest: \"seven\" generation: 1 }");
        assertThat(on(new SessionEvent.Closed(connection, Optional.empty()))).contains("end STOPPED");
    }

    @Test
    void ofAStopOneKeepsACheckpointAndAnotherOnlyIfThatOneIsLost() {
        train();
        done(TRAINED); // the last commit
        String finished = "send finished { step: 7 state_digest: \"seven\" generation: 1 }";
        assertThat(receive(ToWorker.newBuilder().setStop(Stop.newBuilder().setReason("Ctrl-C"))))
                .containsExactly("do Rest");
        assertThat(done(TRAINED)).containsExactly(finished);
        assertThat(receive(ToWorker.newBuilder()
                        .setStop(Stop.newBuilder()
                                .setReason("worker-0 has not kept a checkpoint of step 7")
                                .setKeepsCheckpoint(true))))
                .containsExactly("do Keep");
        assertThat(done(TRAINED)).containsExactly(finished);
        assertThat(on(new SessionEvent.Closed(connection, Optional.empty()))).contains("end STOPPED");
    }

    @Test
    void whoLeavesWaitsToBeReleased() {
        train();
        assertThat(on(new SessionEvent.LeaveAsked("drained")))
                .containsExactly("remind after 6000 ms", "send leave { reason: \"drained\" }");
        assertThat(receive(ToWorker.newBuilder().setReleased(Released.getDefaultInstance())))
                .as("the sums of the last step may still be on their way")
                .containsExactly("end waits but for step " + Long.MAX_VALUE, "do Keep");
        assertThat(on(new SessionEvent.Closed(connection, Optional.empty()))).isEmpty();
        assertThat(done(TRAINED)).containsExactly("end waits but for step -1", "end LEFT");
    }

    @Test
    void whoIsAskedToLeaveWithoutAConnectionJustGoes() {
        on(new SessionEvent.Started());
        assertThat(on(new SessionEvent.LeaveAsked("drained"))).contains("end LEFT");
    }

    @Test
    void aBrokenStreamOfThePresentGenerationIsReported() {
        train();
        assertThat(on(new SessionEvent.Broken(1, "torn")))
                .containsExactly("send damaged { generation: 1 reason: \"torn\" }");
        receive(plan(2, 0));
        assertThat(on(new SessionEvent.Broken(1, "torn"))).isEmpty();
    }

    @Test
    void whatCannotGoOnIsToldAndEnds() {
        train();
        assertThat(on(new SessionEvent.CannotGoOn(new Fault(false, "NaN", "the loss is NaN"))))
                .containsExactly(
                        "send failed { reason: \"the loss is NaN\" fault: \"NaN\" }",
                        "end waits but for step -1",
                        "fail: the loss is NaN");
        assertThat(receive(begin(1, 0))).as("after the end").isEmpty();
    }

    @Test
    void whatIsThisWorkersAloneIsToldAsThat() {
        train();
        assertThat(on(new SessionEvent.CannotGoOn(Fault.ofWorker(new OutOfMemoryError("Java heap space")))))
                .containsExactly(
                        "send failed { reason: \"java.lang.OutOfMemoryError: Java heap space\" cause: WORKER"
                                + " fault: \"java.lang.OutOfMemoryError\" }",
                        "end waits but for step -1",
                        "fail alone: java.lang.OutOfMemoryError: Java heap space");
        assertThat(receive(begin(1, 0))).as("after the end").isEmpty();
    }

    @Test
    void aTrainingThreadThatDoesNotGetReadyEndsTheWorker() {
        join(FRESH);
        receive(plan(1, 0));
        assertThat(after(599)).isEmpty();
        assertThat(after(1))
                .contains(
                        "fail alone, hanging: the training thread has not come to be ready for its shards within 600 s");
    }

    @Test
    void aTrainingThreadThatDoesNotComeToRestEndsTheWorkerHoweverOftenItIsToldAnew() {
        join(FRESH);
        receive(plan(1, 0));
        assertThat(after(599)).isEmpty();
        receive(plan(2, 0));
        receive(ToWorker.newBuilder().setHold(Hold.newBuilder().setReason("too few")));
        assertThat(after(1)).contains("fail alone, hanging: the training thread has not come to rest within 600 s");
    }

    @Test
    void aStepMayTakeAsLongAsItTakes() {
        train();
        assertThat(after(100_000)).isEmpty();
        receive(ToWorker.newBuilder()
                .setStop(Stop.newBuilder().setReason("Ctrl-C").setKeepsCheckpoint(true)));
        assertThat(after(599)).isEmpty();
        assertThat(after(1))
                .contains(
                        "fail alone, hanging: the training thread has not come to have kept a checkpoint within 600 s");
    }

    private List<String> after(int seconds) {
        nanos += TimeUnit.SECONDS.toNanos(seconds);
        return on(new SessionEvent.Tick());
    }

    @Test
    void aBeginThatDoesNotFitIsAFailure() {
        join(FRESH);
        receive(plan(1, 0));
        done(FRESH);
        assertThat(receive(begin(1, 5)))
                .contains("fail alone: generation 1 begins after step 5, but worker-1 stands at 0");
    }

    @Test
    void refusalAndAbortEndWithTheirReason() {
        join(FRESH);
        assertThat(receive(ToWorker.newBuilder().setRefused(Refused.newBuilder().setReason("other job"))))
                .contains("fail: other job");
    }

    @Test
    void abortEndsWithItsReason() {
        train();
        assertThat(receive(ToWorker.newBuilder().setAbort(Abort.newBuilder().setReason("worker-0: disk on fire"))))
                .contains("fail: worker-0: disk on fire");
    }
}
