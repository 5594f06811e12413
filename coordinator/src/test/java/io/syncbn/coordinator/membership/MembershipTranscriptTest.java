package io.syncbn.coordinator.membership;

import io.syncbn.coordinator.Transcript;
import io.syncbn.proto.Protocol;
import io.syncbn.proto.v1.Finished;
import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Conversations as text, in {@code transcripts/membership}: at what time, on which connection, what comes; what follows. */
class MembershipTranscriptTest {
    private Membership membership;

    static List<Path> transcripts() {
        return Transcript.in("membership");
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void holds(Path transcript) throws IOException {
        Transcript.check(transcript, this::apply);
    }

    private List<String> apply(String line) {
        Map<String, String> options = Transcript.options(line);
        if (line.startsWith("rules")) {
            membership = Membership.begin(
                    new Rules(
                            "job-a",
                            Integer.parseInt(options.get("shards")),
                            Integer.parseInt(options.get("workers")),
                            TimeUnit.SECONDS.toNanos(120),
                            1000,
                            5000),
                    0);
            return List.of();
        }
        String[] words = line.split(" ", 5);
        long nowNanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(words[0]));
        Membership.Decision decision = membership.on(nowNanos, event(words, options));
        membership = decision.next();
        return decision.effects().stream().map(MembershipTranscriptTest::text).toList();
    }

    private static Event event(String[] words, Map<String, String> options) {
        long subject = words.length > 3 ? Long.parseLong(words[3]) : 0;
        String rest = words.length > 4 ? words[4] : "";
        return switch (words[2]) {
            case "tick" -> new Event.Tick();
            case "joins" -> new Event.Joined(subject, join(rest, options));
            case "heartbeat" -> new Event.Heard(subject);
            case "fails" -> new Event.WorkerFailed(subject, rest);
            case "finished" ->
                new Event.WorkerFinished(
                        subject,
                        Finished.newBuilder()
                                .setStep(Long.parseLong(options.get("step")))
                                .setStateDigest(options.get("state"))
                                .build());
            case "closed" -> new Event.ControlClosed(subject);
            case "broken" ->
                new Event.DataBroken(Long.parseLong(options.get("generation")), (int) subject, options.get("stream"));
            case "committed" -> new Event.StepCommitted(subject);
            case "stopped" -> new Event.Stopped("somebody stopped it");
            default -> throw new IllegalArgumentException("unknown event " + words[2]);
        };
    }

    private static Join join(String line, Map<String, String> options) {
        return Join.newBuilder()
                .setName(line.split(" ")[0])
                .setHost("host-" + line.split(" ")[0])
                .setProcessId(4000)
                .setProtocolVersion(
                        Integer.parseInt(options.getOrDefault("protocol", Integer.toString(Protocol.VERSION))))
                .setFingerprint(options.getOrDefault("job", "job-a"))
                .setDataDigest(options.getOrDefault("data", "data-a"))
                .setStateDigest(options.getOrDefault("state", "state-a"))
                .setStep(Long.parseLong(options.getOrDefault("step", "0")))
                .build();
    }

    private static String text(Effect effect) {
        if (effect instanceof Effect.SendPlan send) {
            Plan plan = send.plan();
            return send.connection() + " <- plan: generation " + plan.getGeneration() + ", worker "
                    + plan.getWorker() + " of " + plan.getWorkers() + ", "
                    + new ShardRun(plan.getFirstShard(), plan.getShardCount()) + ", heartbeat "
                    + plan.getHeartbeatMillis() + " ms, silence " + plan.getSilenceMillis() + " ms";
        } else if (effect instanceof Effect.Refuse refuse) {
            return refuse.connection() + " <- refused: " + refuse.reason();
        } else if (effect instanceof Effect.Abort abort) {
            return abort.connection() + " <- abort: " + abort.reason();
        } else if (effect instanceof Effect.BeginGeneration begin) {
            return "begin generation " + begin.assignment().generation() + " after step " + begin.committedStep();
        } else if (effect instanceof Effect.Succeed succeed) {
            return "succeed: step " + succeed.step() + ", " + succeed.stateDigest();
        } else if (effect instanceof Effect.Fail fail) {
            return "fail: " + fail.reason();
        }
        return "log: " + ((Effect.Log) effect).text();
    }
}
