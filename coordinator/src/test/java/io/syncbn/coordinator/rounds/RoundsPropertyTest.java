package io.syncbn.coordinator.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.rounds.RoundId;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.tree.Grouping;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import io.syncbn.proto.wire.Payload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Random jobs, interleavings and mistakes against the definition of the sum. */
class RoundsPropertyTest {
    private static final int CASES = 1500;
    private static final int STEPS = 2;

    /** A frame with who sends it. */
    private record Sent(int worker, DataFrame frame) {}

    @Test
    void everySumIsTheTreesWhateverElseComes() {
        int refusals = 0;
        int backupsWon = 0;
        int late = 0;
        for (int seed = 0; seed < CASES; seed++) {
            Case job = new Case(seed);
            refusals += job.run();
            backupsWon += job.backupsWon;
            late += job.late;
        }
        assertThat(refusals).as("mistakes that were made and refused").isGreaterThan(CASES);
        assertThat(backupsWon).as("frames that a backup won").isGreaterThan(CASES);
        assertThat(late).as("frames that came after their step").isGreaterThan(CASES / 10);
    }

    private static final class Case {
        private final long seed;
        private final Random random;
        private final Assignment assignment;
        private final Grouping groups;
        private final Grouping all;
        private final int chunks;
        private final long firstStep;
        private final GenerationSums sums;
        private final RightParts parts;
        /** What was on its way when a step was committed without it. */
        private final List<Sent> left = new ArrayList<>();

        private int backupsWon;
        private int late;
        private long nowNanos;

        Case(long seed) {
            this.seed = seed;
            random = new Random(seed);
            int shards = 1 + random.nextInt(20);
            groups = new Grouping(shards, 1 + random.nextInt(shards));
            all = Grouping.all(shards);
            chunks = 1 + random.nextInt(3);
            firstStep = random.nextInt(3);
            List<Assignment.Seat> seats = new ArrayList<>();
            for (ShardRun run : ShardRun.deal(shards, 1 + random.nextInt(shards))) {
                seats.add(new Assignment.Seat("worker-" + seats.size(), run));
            }
            assignment = new Assignment(1 + random.nextInt(5), withBackups(seats, random));
            parts = new RightParts(assignment);
            sums = new GenerationSums(assignment, groups.groupSize(), firstStep, 0);
        }

        /** Runs all steps; how many mistakes were refused. */
        int run() {
            int refusals = 0;
            for (long step = firstStep + 1; step <= firstStep + STEPS; step++) {
                refusals += runStep(step);
                assertThat(sums.committedStep()).as("seed %d", seed).isEqualTo(step);
                assertThat(sums.held()).as("seed %d", seed).isZero();
            }
            return refusals;
        }

        /** Some have a backup, and nobody is a backup for two. */
        private static List<Assignment.Seat> withBackups(List<Assignment.Seat> seats, Random random) {
            List<Assignment.Seat> dealt = new ArrayList<>(seats);
            for (int owner = 0; owner < seats.size(); owner++) {
                int backup = random.nextInt(seats.size());
                Assignment.Seat seat = dealt.get(backup);
                if (random.nextInt(3) == 0
                        && backup != owner
                        && seat.backupRun().isEmpty()) {
                    Optional<ShardRun> run = Optional.of(seats.get(owner).run());
                    dealt.set(backup, new Assignment.Seat(seat.name(), seat.run(), run));
                }
            }
            return dealt;
        }

        private int runStep(long step) {
            Map<FrameHeader, List<Integer>> expected = new HashMap<>();
            List<List<Sent>> queues = new ArrayList<>();
            List<FrameHeader> headers = headers(step);
            for (int owner = 0; owner < assignment.workers(); owner++) {
                List<Sent> own = queue(owner, owner, headers);
                Optional<Integer> backup = assignment.backupOf(owner);
                if (backup.isPresent()) {
                    List<Sent> again = queue(backup.get(), owner, headers);
                    cutOneOf(own, again);
                    queues.add(again);
                }
                queues.add(own);
            }
            headers.forEach(header -> {
                List<Integer> workers = workersIn(header);
                expected.put(header.at(grouping(header).treeOf(header.group()).root()), workers);
            });
            List<Sent> done = new ArrayList<>();
            int refusals = 0;
            boolean committed = false;
            queues.removeIf(List::isEmpty);
            while (!committed) {
                if (random.nextInt(4) == 0) {
                    refusals += makeMistake(
                            queues.get(random.nextInt(queues.size())).get(0), done);
                }
                if (!left.isEmpty() && random.nextInt(4) == 0) {
                    late++;
                    offer(left.remove(0), true, step, expected);
                }
                List<Sent> queue = queues.get(random.nextInt(queues.size()));
                Sent next = queue.remove(0);
                boolean isComplete = !expected.containsKey(rootOf(next.frame().header()));
                if (!isComplete || random.nextBoolean()) { // who has the sum already may spare its part
                    boolean isThere = isComplete
                            || done.stream().anyMatch(part -> part.frame()
                                    .header()
                                    .equals(next.frame().header()));
                    done.add(new Sent(next.worker(), copy(next.frame())));
                    committed = offer(next, isThere, step, expected);
                }
                queues.removeIf(List::isEmpty);
            }
            assertThat(expected).as("seed %d: sums that never came", seed).isEmpty();
            queues.forEach(left::addAll);
            return refusals;
        }

        /** Offers a right frame; whether the step is committed with it. */
        private boolean offer(Sent next, boolean isThere, long step, Map<FrameHeader, List<Integer>> expected) {
            List<RoundEffect> effects = new ArrayList<>(sums.offer(next.worker(), next.frame(), ++nowNanos));
            if (isThere) {
                assertThat(effects)
                        .as("seed %d, %s again", seed, next.frame().header())
                        .containsExactly(new RoundEffect.Ignored());
                return false;
            }
            boolean byBackup = !parts.isOwn(
                    next.worker(), grouping(next.frame().header()), next.frame().header());
            assertThat(effects.remove(new RoundEffect.BackupWon()))
                    .as("seed %d, %s", seed, next.frame().header())
                    .isEqualTo(byBackup);
            backupsWon += byBackup ? 1 : 0;
            boolean committed = false;
            for (RoundEffect effect : effects) {
                committed |= check(effect, step, expected);
            }
            return committed;
        }

        /** One effect of a right frame; whether it is the commit. */
        private boolean check(RoundEffect effect, long step, Map<FrameHeader, List<Integer>> expected) {
            if (effect instanceof RoundEffect.Send send) {
                FrameHeader header = send.frame().header();
                assertThat(expected.remove(header))
                        .as("seed %d, %s", seed, header)
                        .isEqualTo(send.workers());
                Payload sum = value(header, grouping(header), header.node());
                assertThat(send.frame().checksum())
                        .as("seed %d, %s", seed, header)
                        .isEqualTo(DataFrame.of(header, sum).checksum());
                return false;
            }
            assertThat(effect).as("seed %d", seed).isInstanceOf(RoundEffect.Committed.class);
            assertThat(((RoundEffect.Committed) effect).step())
                    .as("seed %d", seed)
                    .isEqualTo(step);
            return true;
        }

        /** One of the two that compute a run may stop anywhere. */
        private void cutOneOf(List<Sent> own, List<Sent> again) {
            List<Sent> cut = random.nextBoolean() ? own : again;
            if (random.nextBoolean()) {
                cut.subList(random.nextInt(cut.size() + 1), cut.size()).clear();
            }
        }

        private FrameHeader rootOf(FrameHeader header) {
            return header.at(grouping(header).treeOf(header.group()).root());
        }

        /** Offers something wrong, and expects that it is refused: 1. */
        private int makeMistake(Sent right, List<Sent> done) {
            FrameHeader header = right.frame().header();
            Sent wrong =
                    switch (random.nextInt(6)) {
                        case 0 -> changed(right, header.generation() + 1, header.step(), header.node());
                        case 1 -> changed(right, header.generation(), header.step() + 1, header.node());
                        case 2 -> changed(right, header.generation(), header.step(), new Node(29, 1));
                        case 3 -> new Sent(right.worker(), copy(right.frame(), 1));
                        case 4 -> done.isEmpty() ? null : done.get(random.nextInt(done.size()));
                        default -> new Sent((right.worker() + 1) % assignment.workers(), right.frame());
                    };
            boolean harmless = wrong == null
                    || wrong.frame() == right.frame() && parts.mayBeSentBy(wrong.worker(), grouping(header), header)
                    || wrong.frame().payload().length()
                                    != right.frame().payload().length()
                            && !isOpen(right, done);
            if (harmless) {
                return 0;
            }
            List<RoundEffect> effects = sums.offer(wrong.worker(), copy(wrong.frame()), ++nowNanos);
            assertThat(effects)
                    .as("seed %d: %s from worker %d", seed, wrong.frame().header(), wrong.worker())
                    .hasSize(1)
                    .allMatch(effect -> effect instanceof RoundEffect.Refused || effect instanceof RoundEffect.Ignored);
            return 1;
        }

        /** Whether an earlier part has said how long the sum is. */
        private static boolean isOpen(Sent part, List<Sent> done) {
            return done.stream().anyMatch(earlier -> RoundId.of(earlier.frame().header())
                    .equals(RoundId.of(part.frame().header())));
        }

        private static Sent changed(Sent right, long generation, long step, Node node) {
            FrameHeader header = right.frame().header();
            FrameHeader other =
                    new FrameHeader(generation, step, header.kind(), header.index(), header.group(), node, header.of());
            return new Sent(
                    right.worker(), DataFrame.of(other, copy(right.frame()).payload()));
        }

        /** The sums of a step in the order in which workers send them: nothing comes after the commit on its stream. */
        private List<FrameHeader> headers(long step) {
            List<FrameHeader> headers = new ArrayList<>();
            if (step == firstStep + 1 && random.nextBoolean()) {
                headers.add(header(step - 1, SumKind.EVALUATION, 0, 0, 1));
            }
            for (SumKind kind : List.of(SumKind.MOMENTS_FORWARD, SumKind.MOMENTS_BACKWARD)) {
                for (int group = 0; group < groups.groups(); group++) {
                    headers.add(header(step, kind, random.nextInt(3), group, 1));
                }
            }
            for (int chunk = 0; chunk < chunks; chunk++) {
                headers.add(header(step, SumKind.GRADIENTS, chunk, 0, chunks));
            }
            headers.add(header(step, SumKind.COMMIT, 0, 0, 1));
            return headers;
        }

        private FrameHeader header(long step, SumKind kind, int index, int group, int of) {
            return new FrameHeader(assignment.generation(), step, kind, index, group, new Node(0, 0), of);
        }

        private Grouping grouping(FrameHeader header) {
            return header.kind() == SumKind.MOMENTS_FORWARD || header.kind() == SumKind.MOMENTS_BACKWARD ? groups : all;
        }

        /** What a worker sends for a run in a step, in its order. */
        private List<Sent> queue(int worker, int owner, List<FrameHeader> headers) {
            List<Sent> queue = new ArrayList<>();
            for (FrameHeader header : headers) {
                Grouping grouping = grouping(header);
                for (Node node : parts.of(owner, grouping, header.group())) {
                    queue.add(new Sent(worker, DataFrame.of(header.at(node), value(header, grouping, node))));
                }
            }
            return queue;
        }

        private List<Integer> workersIn(FrameHeader header) {
            return IntStream.range(0, assignment.workers())
                    .filter(worker -> parts.takesPart(worker, grouping(header), header.group()))
                    .boxed()
                    .toList();
        }

        /** A node's value by the definition, from leaves that are a function of the sum and the shard. */
        private Payload value(FrameHeader header, Grouping grouping, Node node) {
            if (node.level() > 0) {
                Node left = new Node(node.level() - 1, 2 * node.position());
                Payload sum = value(header, grouping, left);
                return grouping.treeOf(header.group()).contains(left.sibling())
                        ? sum.add(value(header, grouping, left.sibling()))
                        : sum;
            }
            int shard = grouping.firstShardOf(header.group()) + node.position();
            long name = ((seed * 31 + header.step()) * 31 + header.kind().number()) * 31 + header.index();
            Random leaf = new Random(name * 1009 + shard);
            double scale = Math.pow(10, leaf.nextInt(9) - 4);
            Payload payload = Payload.zeros(header.kind(), 2 + header.index());
            for (int i = 0; i < payload.length(); i++) {
                if (payload instanceof Payload.Float32 floats) {
                    floats.values()[i] = (float) (leaf.nextGaussian() * scale);
                } else if (payload instanceof Payload.Float64 doubles) {
                    doubles.values()[i] = leaf.nextGaussian() * scale;
                }
            }
            return payload;
        }

        private static DataFrame copy(DataFrame frame) {
            return copy(frame, 0);
        }

        /** A frame of its own array, longer by so many zeros. */
        private static DataFrame copy(DataFrame frame, int longer) {
            Payload payload =
                    Payload.zeros(frame.header().kind(), frame.payload().length() + longer);
            if (payload instanceof Payload.Float32 floats) {
                System.arraycopy(frame.floats(), 0, floats.values(), 0, frame.floats().length);
            } else if (payload instanceof Payload.Float64 doubles) {
                System.arraycopy(frame.doubles(), 0, doubles.values(), 0, frame.doubles().length);
            }
            return DataFrame.of(frame.header(), payload);
        }
    }
}
