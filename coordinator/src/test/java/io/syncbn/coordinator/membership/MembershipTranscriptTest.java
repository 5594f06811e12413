package io.syncbn.coordinator.membership;

import io.syncbn.coordinator.Transcript;
import io.syncbn.proto.Protocol;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.v1.Align;
import io.syncbn.proto.v1.Finished;
import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.v1.Ready;
import io.syncbn.proto.v1.ToWorker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Conversations as text, in {@code transcripts/membership}: each event with its time and connection, then its effects.
 */
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
            String[] workers = options.get("workers").split(":");
            Recovered recovered = new Recovered(
                    Long.parseLong(options.getOrDefault("generation", "0")),
                    Long.parseLong(options.getOrDefault("step", "0")),
                    options.containsKey("names") ? Set.of(options.get("names").split(",")) : Set.of(),
                    Long.parseLong(options.getOrDefault("begun", "0")),
                    Long.parseLong(options.getOrDefault("restores", "0")),
                    Optional.empty());
            membership = Membership.begin(
                    new Rules(
                            "job-a",
                            Integer.parseInt(options.get("shards")),
                            new WorkerRange(
                                    Integer.parseInt(workers[0]), Integer.parseInt(workers[workers.length - 1])),
                            MembershipTimeouts.of(
                                    Duration.ofSeconds(120),
                                    Duration.ofSeconds(5),
                                    Duration.ofMillis(1800),
                                    Duration.ofSeconds(Long.parseLong(options.getOrDefault("prepare", "600")))),
                            options.containsKey("straggler") ? Straggler.BACKUP : Straggler.WAIT,
                            new Limits(
                                    Duration.ofSeconds(60),
                                    Long.MAX_VALUE,
                                    Integer.parseInt(options.getOrDefault("behind", "100")))),
                    recovered,
                    0);
            return List.of();
        }
        String[] words = line.split(" ", 5);
        long nowNanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(words[0]));
        Decision decision = Decisions.on(membership, nowNanos, event(words, options));
        membership = decision.next();
        return decision.effects().stream().map(MembershipTranscriptTest::text).toList();
    }

    private Event event(String[] words, Map<String, String> options) {
        long subject = words.length > 3 && words[3].matches("\\d+") ? Long.parseLong(words[3]) : 0;
        String rest = words.length > 4 ? words[4] : "";
        long generation = Long.parseLong(options.getOrDefault("generation", "" + membership.generation()));
        return switch (words[2]) {
            case "tick" -> new Event.Tick();
            case "joins" -> new Event.Joined(subject, join(rest, options));
            case "heartbeat" ->
                new Event.Heard(subject, Long.parseLong(options.getOrDefault("step", "" + membership.committedStep())));
            case "ready" -> new Event.BecameReady(subject, ready(generation, options));
            case "restored" ->
                new Event.Restored(subject, Long.parseLong(options.get("step")), options.containsKey("checkpoint"));
            case "leaves" -> new Event.Leaving(subject, rest);
            case "fails" -> new Event.WorkerFailed(subject, true, "", rest);
            case "breaks" -> new Event.WorkerFailed(subject, false, rest.split(":", 2)[0], rest);
            case "finished" ->
                new Event.WorkerFinished(
                        subject,
                        Finished.newBuilder()
                                .setGeneration(generation)
                                .setStep(Long.parseLong(options.get("step")))
                                .setStateDigest(options.get("state"))
                                .build());
            case "closed" -> new Event.ControlClosed(subject);
            case "damaged" -> new Event.Damaged(subject, generation, "connection " + subject + " broke");
            case "misbehaves" -> new Event.Misbehaved(subject, rest);
            case "overdue" ->
                new Event.Overdue(generation, numbers(options.get("workers")), "the sum has waited for it");
            case "straggling" -> new Event.Straggling(generation, numbers(options.get("workers")));
            case "keeps" ->
                new Event.KeepingUp(
                        generation, Integer.parseInt(options.get("worker")), Integer.parseInt(options.get("steps")));
            case "committed" -> new Event.StepCommitted(subject);
            case "stop" -> new Event.StopRequested("Ctrl-C");
            case "failed" -> new Event.Failed("a mistake in the coordinator");
            default -> throw new IllegalArgumentException("unknown event " + words[2]);
        };
    }

    private static List<Integer> numbers(String list) {
        return Arrays.stream(list.split(",")).map(Integer::valueOf).toList();
    }

    private static Ready ready(long generation, Map<String, String> options) {
        Ready.Builder ready = Ready.newBuilder()
                .setGeneration(generation)
                .setStep(Long.parseLong(options.getOrDefault("step", "0")))
                .setStateDigest(options.getOrDefault("state", "state-a"))
                .setBatchesTracked(Long.parseLong(options.getOrDefault("step", "0")))
                .setLeftOutInARow(Integer.parseInt(options.getOrDefault("out", "0")));
        if (options.containsKey("statistics")) {
            ready.addDataStatistics(Double.parseDouble(options.get("statistics")));
        }
        return ready.build();
    }

    private static Join join(String line, Map<String, String> options) {
        return Join.newBuilder()
                .setName(line.split(" ")[0])
                .setHost("host-" + line.split(" ")[0])
                .setProcessId(Long.parseLong(options.getOrDefault("process", "4000")))
                .setProtocolVersion(
                        Integer.parseInt(options.getOrDefault("protocol", Integer.toString(Protocol.VERSION))))
                .setFingerprint(options.getOrDefault("job", "job-a"))
                .setDataDigest(options.getOrDefault("data", "data-a"))
                .setDefinitionDigest(options.getOrDefault("model", "model-a"))
                .setArithmeticDigest(options.getOrDefault("arithmetic", "bits-a"))
                .setArithmetic("library-" + options.getOrDefault("arithmetic", "bits-a"))
                .setStateDigest(options.getOrDefault("state", "state-a"))
                .setStep(Long.parseLong(options.getOrDefault("step", "0")))
                .setGeneration(Long.parseLong(options.getOrDefault("had", "0")))
                .setBacklogSteps(Integer.parseInt(options.getOrDefault("backlog", "0")))
                .build();
    }

    private static String text(Effect effect) {
        if (effect instanceof Effect.Send send) {
            return send.connection() + " <- " + text(send.message());
        } else if (effect instanceof Effect.End end) {
            return end.connection() + " <- end of its stream";
        } else if (effect instanceof Effect.EndGeneration end) {
            return "end of generation " + end.generation();
        } else if (effect instanceof Effect.Relay relay) {
            return "hand on the state of step " + relay.step() + " from worker " + relay.source() + " to "
                    + relay.targets();
        } else if (effect instanceof Effect.BeginGeneration begin) {
            return "begin generation " + begin.assignment().generation() + " after step " + begin.committedStep();
        } else if (effect instanceof Effect.EndWithStep) {
            return "end the generation with this step";
        } else if (effect instanceof Effect.Succeed succeed) {
            return "succeed: step " + succeed.step() + ", " + succeed.stateDigest();
        } else if (effect instanceof Effect.Stop stop) {
            return "stopped: step " + stop.step() + ", " + stop.stateDigest();
        } else if (effect instanceof Effect.Fail fail) {
            return "fail: " + fail.reason();
        }
        Effect.Note note = (Effect.Note) effect;
        return "note, " + note.topic() + ": " + note.text();
    }

    private static String text(ToWorker message) {
        return switch (message.getMessageCase()) {
            case PLAN -> text(message.getPlan());
            case REFUSED -> "refused: " + message.getRefused().getReason();
            case ABORT -> "abort: " + message.getAbort().getReason();
            case ALIGN -> text(message.getAlign());
            case BEGIN ->
                "begin: generation " + message.getBegin().getGeneration() + " after step "
                        + message.getBegin().getStep();
            case HOLD ->
                "hold after step " + message.getHold().getCommittedStep() + ": "
                        + message.getHold().getReason();
            case RESTORE -> "restore: " + message.getRestore().getReason();
            case STOP -> "stop: " + message.getStop().getReason();
            case EVICTED -> "evicted: " + message.getEvicted().getReason();
            case RELEASED -> "released: " + message.getReleased().getReason();
            case MESSAGE_NOT_SET -> throw new IllegalArgumentException("an empty message");
        };
    }

    private static String text(Plan plan) {
        return "plan: generation " + plan.getGeneration() + ", worker " + plan.getWorker() + " of " + plan.getWorkers()
                + ", " + new ShardRun(plan.getFirstShard(), plan.getShardCount())
                + (plan.getBackupShardCount() == 0
                        ? ""
                        : " and " + new ShardRun(plan.getBackupFirstShard(), plan.getBackupShardCount()))
                + ", heartbeat "
                + plan.getHeartbeatMillis() + " ms, silence " + plan.getSilenceMillis() + " ms, after step "
                + plan.getCommittedStep();
    }

    private static String text(Align align) {
        return "align: generation " + align.getGeneration() + ", step " + align.getStep() + " from worker "
                + align.getSource() + ", " + align.getStateDigest() + ", statistics " + align.getDataStatisticsList()
                + (align.getLeftOutInARow() == 0 ? "" : ", " + align.getLeftOutInARow() + " left out in a row");
    }
}
