package io.syncbn.coordinator.rounds;

import io.syncbn.coordinator.Transcript;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import io.syncbn.proto.wire.Payload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Frames as text, in {@code transcripts/rounds}: who sends which node of which sum with what numbers, then the effects.
 */
class RoundsTranscriptTest {
    private long generation;
    private long nowNanos;
    private GenerationSums sums;
    private StateRelay relay;

    static List<Path> transcripts() {
        return Transcript.in("rounds");
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void holds(Path transcript) throws IOException {
        Transcript.check(transcript, this::apply);
    }

    private List<String> apply(String line) {
        Map<String, String> options = Transcript.options(line);
        if (line.startsWith("generation")) {
            begin(options);
            return List.of();
        }
        if (line.equals("end with this step")) {
            sums.endWithStep();
            return List.of();
        }
        if (line.equals("oldest")) {
            return List.of(sums.oldest()
                    .map(sum -> sum.round() + ", for " + TimeUnit.NANOSECONDS.toMillis(nowNanos - sum.openedNanos())
                            + " ms, because of " + sum.workers())
                    .orElse("nothing is open"));
        }
        String[] words = line.split(" ");
        int worker = Integer.parseInt(words[0]);
        SumKind kind = SumKind.valueOf(words[1]);
        String[] node = options.get("node").split("/");
        FrameHeader header = new FrameHeader(
                Long.parseLong(options.getOrDefault("generation", Long.toString(generation))),
                Long.parseLong(options.get("step")),
                kind,
                Integer.parseInt(words[2]),
                Integer.parseInt(options.getOrDefault("group", "0")),
                new Node(Integer.parseInt(node[0]), Integer.parseInt(node[1])),
                Integer.parseInt(options.getOrDefault("of", "1")));
        double[] numbers = Arrays.stream(options.get("sum").split(","))
                .mapToDouble(Double::parseDouble)
                .toArray();
        List<String> lines = new ArrayList<>();
        nowNanos += TimeUnit.MILLISECONDS.toNanos(Long.parseLong(options.getOrDefault("after", "0")));
        DataFrame frame = DataFrame.of(header, payload(kind, numbers));
        List<RoundEffect> effects =
                relay == null ? sums.offer(worker, frame, nowNanos) : List.of(relay.offer(worker, frame));
        effects.forEach(effect -> lines.add(text(effect)));
        return lines;
    }

    private void begin(Map<String, String> options) {
        generation = Long.parseLong(options.get("generation"));
        String[] counts = options.get("shards").split("\\+");
        List<Assignment.Seat> seats = new ArrayList<>();
        int first = 0;
        for (String count : counts) {
            ShardRun run = new ShardRun(first, Integer.parseInt(count));
            seats.add(new Assignment.Seat("worker-" + seats.size(), run));
            first = run.end();
        }
        if (options.containsKey("backup")) {
            String[] pair = options.get("backup").split("-of-");
            int backup = Integer.parseInt(pair[0]);
            ShardRun run = seats.get(Integer.parseInt(pair[1])).run();
            seats.set(
                    backup,
                    new Assignment.Seat("worker-" + backup, seats.get(backup).run(), Optional.of(run)));
        }
        Assignment assignment = new Assignment(generation, seats);
        sums = null;
        relay = null;
        nowNanos = 0;
        if (options.containsKey("source")) {
            relay = new StateRelay(
                    assignment,
                    Integer.parseInt(options.get("source")),
                    Arrays.stream(options.get("targets").split(","))
                            .map(Integer::valueOf)
                            .toList(),
                    Long.parseLong(options.get("committed")));
        } else {
            sums = new GenerationSums(
                    assignment,
                    Integer.parseInt(options.get("group")),
                    Long.parseLong(options.get("committed")),
                    nowNanos);
        }
    }

    private static Payload payload(SumKind kind, double[] numbers) {
        Payload payload = Payload.zeros(kind, numbers.length);
        for (int i = 0; i < numbers.length; i++) {
            if (payload instanceof Payload.Float32 floats) {
                floats.values()[i] = (float) numbers[i];
            } else if (payload instanceof Payload.Float64 doubles) {
                doubles.values()[i] = numbers[i];
            }
        }
        return payload;
    }

    private static String text(RoundEffect effect) {
        if (effect instanceof RoundEffect.Send send) {
            FrameHeader header = send.frame().header();
            String numbers = header.kind().isFloat32()
                    ? Arrays.toString(send.frame().floats())
                    : Arrays.toString(send.frame().doubles());
            return (header.kind() == SumKind.STATE ? "handed on to " : "root to ") + send.workers() + ": " + header
                    + ", group " + header.group() + ", node " + header.node() + ", sum " + numbers;
        } else if (effect instanceof RoundEffect.Committed committed) {
            return "committed: step " + committed.step() + "; waited for, in ms: "
                    + committed.waitedNanos().stream()
                            .map(TimeUnit.NANOSECONDS::toMillis)
                            .toList()
                    + (committed.before().isEmpty() ? "" : "; before their backups: " + committed.before());
        } else if (effect instanceof RoundEffect.BackupWon) {
            return "taken from the backup";
        } else if (effect instanceof RoundEffect.Ignored) {
            return "ignored";
        }
        RoundEffect.Refused refused = (RoundEffect.Refused) effect;
        return "refused, because of " + refused.workers() + ": " + refused.reason();
    }
}
