package io.syncbn.worker.session;

import com.google.protobuf.TextFormat;
import io.syncbn.proto.v1.Align;
import io.syncbn.proto.v1.Begin;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.v1.ToWorker;
import java.time.Duration;
import java.util.List;

/** A conversation for tests: what comes, and what the session then wants done, in short words. */
class Conversation {
    static final Position FRESH = new Position(0, "fresh", 0, List.of(), 0);
    static final Position TRAINED = new Position(7, "seven", 7, List.of(1.0, 0.5, 0.25), 3);

    final Session session = new Session(
            new JoinRequest(
                    "job", new Identity("data", "layers", "bits", "library 1.0"), "worker-1", "host", 42, Sizes.NONE),
            new SessionTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(600)),
            "coordinator:1");
    long nanos = 1;
    long lastCommand;
    long connection;

    List<String> on(SessionEvent event) {
        List<SessionEffect> effects = session.on(nanos, event);
        effects.forEach(effect -> {
            if (effect instanceof SessionEffect.Do command) {
                lastCommand = command.number();
            } else if (effect instanceof SessionEffect.Connect connect) {
                connection = connect.connection();
            }
        });
        return effects.stream()
                .filter(effect -> !(effect instanceof SessionEffect.Log))
                .map(Conversation::inWords)
                .toList();
    }

    private static String inWords(SessionEffect effect) {
        if (effect instanceof SessionEffect.Send send) {
            return "send " + TextFormat.printer().emittingSingleLine(true).printToString(send.message());
        } else if (effect instanceof SessionEffect.Do command) {
            return "do " + command.command().getClass().getSimpleName();
        } else if (effect instanceof SessionEffect.EndWaits end) {
            return "end waits but for step " + end.committedStep();
        } else if (effect instanceof SessionEffect.RetryAfter retry) {
            return "retry after " + Duration.ofNanos(retry.nanos()).toMillis() + " ms";
        } else if (effect instanceof SessionEffect.RemindAfter remind) {
            return "remind after " + Duration.ofNanos(remind.nanos()).toMillis() + " ms";
        } else if (effect instanceof SessionEffect.Connect connect) {
            return "connect " + connect.connection();
        } else if (effect instanceof SessionEffect.HeartbeatEvery every) {
            return "heartbeat every " + every.millis();
        } else if (effect instanceof SessionEffect.End end) {
            return "end " + end.end();
        } else if (effect instanceof SessionEffect.FailAlone alone) {
            return "fail alone" + (alone.hangs() ? ", hanging: " : ": ") + alone.reason();
        } else if (effect instanceof SessionEffect.Fail fail) {
            return "fail: " + fail.reason();
        }
        throw new AssertionError("no words for " + effect);
    }

    List<String> receive(ToWorker.Builder message) {
        return on(new SessionEvent.Received(connection, message.build()));
    }

    List<String> done(Position position) {
        return on(new SessionEvent.Done(lastCommand, SessionEvent.Result.COMPLETE, position));
    }

    static ToWorker.Builder plan(long generation, long committedStep) {
        return ToWorker.newBuilder()
                .setPlan(Plan.newBuilder()
                        .setGeneration(generation)
                        .setWorker(1)
                        .setWorkers(2)
                        .setFirstShard(2)
                        .setShardCount(2)
                        .setHeartbeatMillis(500)
                        .setCommittedStep(committedStep));
    }

    static ToWorker.Builder begin(long generation, long step) {
        return ToWorker.newBuilder()
                .setBegin(Begin.newBuilder().setGeneration(generation).setStep(step));
    }

    static ToWorker.Builder align(long generation, int source) {
        return ToWorker.newBuilder()
                .setAlign(Align.newBuilder()
                        .setGeneration(generation)
                        .setSource(source)
                        .setStep(7)
                        .setStateDigest("seven")
                        .addAllDataStatistics(TRAINED.dataStatistics()));
    }

    void join(Position position) {
        on(new SessionEvent.Started());
        done(position);
        on(new SessionEvent.Opened(connection));
    }

    void train() {
        join(FRESH);
        receive(plan(1, 0));
        done(FRESH);
        receive(begin(1, 0));
    }
}
