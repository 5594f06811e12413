package io.syncbn.coordinator.rounds;

import io.syncbn.coordinator.Transcript;
import io.syncbn.coordinator.membership.Assignment;
import io.syncbn.coordinator.membership.ShardRun;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.v1.Kind;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import io.syncbn.proto.wire.Payload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames as text, in {@code transcripts/rounds}: who sends which node of which sum with what numbers; what follows. */
class RoundsTranscriptTest {
    private long generation;
    private Rounds rounds;

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
        String[] words = line.split(" ");
        int worker = Integer.parseInt(words[0]);
        Kind kind = Kind.valueOf(words[1]);
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
        rounds.offer(worker, DataFrame.of(header, payload(kind, numbers))).forEach(effect -> lines.add(text(effect)));
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
        rounds = new Rounds(
                new Assignment(generation, seats),
                Integer.parseInt(options.get("group")),
                Long.parseLong(options.get("committed")));
    }

    private static Payload payload(Kind kind, double[] numbers) {
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
        if (effect instanceof RoundEffect.SendRoot send) {
            FrameHeader header = send.root().header();
            String numbers = header.kind() == Kind.GRADIENTS
                    ? Arrays.toString(send.root().floats())
                    : Arrays.toString(send.root().doubles());
            return "root to " + send.workers() + ": " + header + ", group " + header.group() + ", node " + header.node()
                    + ", sum " + numbers;
        } else if (effect instanceof RoundEffect.Committed committed) {
            return "committed: step " + committed.step();
        }
        return "refused: " + ((RoundEffect.Refused) effect).reason();
    }
}
