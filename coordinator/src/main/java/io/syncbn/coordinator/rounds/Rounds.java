package io.syncbn.coordinator.rounds;

import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import io.syncbn.proto.wire.Payload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * All sums of one generation.
 *
 * <p>Belongs to one thread. Memory is bounded by one step's sums: a round holds at most as many arrays as it has parts
 * outstanding, a complete one holds only its name, and nothing of another step is taken.
 */
public final class Rounds {
    private static final int NOBODY = -1;

    private final long generation;
    private final FrameRules rules;
    private final Map<RoundId, Round> open = new LinkedHashMap<>();
    private final Set<RoundId> complete = new HashSet<>();
    private final Lateness lateness;
    private long committedStep;
    private boolean isEnding;
    /** Chunks that the step's gradient has; 0 until the first of them says so. */
    private int chunks;

    private int chunksComplete;
    /** COMMIT's sum, held back until the step is committed; null before it is complete. */
    private DataFrame commit;

    private long commitNanos;
    /** By worker: who sent the first of COMMIT's parts of its own shards; {@link #NOBODY} before that. */
    private final int[] committers;

    /**
     * @param committedStep steps done before this generation
     * @param nowNanos when the generation begins
     */
    public Rounds(Assignment assignment, int groupSize, long committedStep, long nowNanos) {
        this.generation = assignment.generation();
        this.rules = new FrameRules(assignment, groupSize);
        this.lateness = new Lateness(assignment.workers(), nowNanos);
        this.committedStep = committedStep;
        committers = new int[assignment.workers()];
        Arrays.fill(committers, NOBODY);
    }

    /** Lets the generation end with the step being computed: its COMMIT comes back as LAST_COMMIT. */
    public void endWithStep() {
        isEnding = true;
    }

    /**
     * Takes a frame that a worker sent.
     *
     * @param frame belongs to the rounds from here on
     */
    public List<RoundEffect> offer(int worker, DataFrame frame, long nowNanos) {
        FrameHeader header = frame.header();
        if (rules.isPast(header, committedStep)) {
            return List.of(new RoundEffect.Ignored());
        }
        Optional<String> problem = rules.problem(worker, header, committedStep);
        if (problem.isPresent()) {
            return refused(worker, header, problem.get());
        }
        RoundId id = RoundId.of(header);
        Round round = open.get(id);
        if (complete.contains(id) || round != null && round.has(header.node())) {
            return List.of(new RoundEffect.Ignored());
        }
        problem = problemInContext(round, frame);
        if (problem.isPresent()) {
            return refused(worker, header, problem.get());
        }
        if (round == null) {
            round = new Round(
                    rules.tree(header),
                    frame.payload().length(),
                    rules.name(worker),
                    new Attendance(rules.leaves(header), nowNanos));
            open.put(id, round);
        }
        int owner = rules.owner(header);
        Optional<Payload> root;
        try {
            root = round.offer(owner, header.node(), frame.payload(), nowNanos);
        } catch (IllegalArgumentException e) {
            return refused(worker, header, "sent a part again: " + e.getMessage());
        }
        if (header.kind() == SumKind.GRADIENTS) {
            chunks = header.of();
        } else if (header.kind() == SumKind.COMMIT && committers[owner] == NOBODY) {
            committers[owner] = worker;
        }
        List<RoundEffect> effects = new ArrayList<>();
        if (worker != owner) {
            effects.add(new RoundEffect.BackupWon());
        }
        if (root.isPresent()) {
            open.remove(id);
            complete.add(id);
            noteLateness(owner, header.kind(), round.attendance(), nowNanos);
            complete(DataFrame.of(header.at(rules.tree(header).root()), root.get()), effects);
        }
        return effects;
    }

    /** Steps whose sums are all complete. */
    public long committedStep() {
        return committedStep;
    }

    /**
     * The oldest of the open sums and those because of whom it waits: those whose parts are missing, but not those that wait
     * for others themselves, because sooner or later they cannot go on without a sum that they have done their part of, nor
     * those whose backup is waited for itself: they are known to be slow, and not expected to be in time without it.
     */
    public Optional<Awaited> oldest() {
        return open.entrySet().stream().findFirst().map(entry -> {
            List<Integer> missing = entry.getValue().attendance().missing();
            List<Integer> idle =
                    missing.stream().filter(worker -> !isWaiting(worker)).toList();
            return new Awaited(
                    entry.getKey().toString(),
                    entry.getKey().kind().isOfStep(),
                    entry.getValue().attendance().openedNanos(),
                    withoutThoseBackedUpBy(idle.isEmpty() ? missing : idle));
        });
    }

    private List<Integer> withoutThoseBackedUpBy(List<Integer> late) {
        return late.stream()
                .filter(worker -> rules.backupOf(worker).filter(late::contains).isEmpty())
                .toList();
    }

    private boolean isWaiting(int worker) {
        return open.entrySet().stream()
                .anyMatch(entry -> entry.getKey().kind().isAwaited()
                        && entry.getValue().attendance().isComplete(worker));
    }

    /** Sums that wait for parts, or whose completion is remembered so that none is added twice. */
    int held() {
        return open.size() + complete.size();
    }

    /** What is wrong with a frame, given those that came before. */
    private Optional<String> problemInContext(Round round, DataFrame frame) {
        FrameHeader header = frame.header();
        if (header.kind() == SumKind.GRADIENTS && chunks != 0 && header.of() != chunks) {
            return Optional.of("sent a chunk of " + header.of() + ", expected of " + chunks);
        }
        return round == null ? Optional.empty() : round.problem(frame.payload().length());
    }

    private List<RoundEffect> refused(int worker, FrameHeader header, String problem) {
        return List.of(new RoundEffect.Refused(List.of(worker), header + ": " + rules.name(worker) + " " + problem));
    }

    /** Gradients are waited for only when all else of the step is there. */
    private void noteLateness(int owner, SumKind kind, Attendance attendance, long nowNanos) {
        if (kind == SumKind.COMMIT) {
            commitNanos = nowNanos;
        }
        if (!attendance.isShared() || rules.hasBackup(owner)) {
            return;
        }
        if (kind.isAwaited()) {
            lateness.waited(owner, attendance.previousNanos(), nowNanos);
        } else if (kind == SumKind.GRADIENTS && commit != null) {
            lateness.waited(owner, Math.max(attendance.previousNanos(), commitNanos), nowNanos);
        }
    }

    private void complete(DataFrame sum, List<RoundEffect> effects) {
        SumKind kind = sum.header().kind();
        if (kind == SumKind.COMMIT) {
            commit = sum;
        } else {
            effects.add(new RoundEffect.Send(rules.workersIn(sum.header()), sum));
        }
        if (kind == SumKind.GRADIENTS) {
            chunksComplete++;
        }
        if (commit != null && chunks > 0 && chunksComplete == chunks) {
            effects.addAll(commit());
        }
    }

    /**
     * An open round now is one that somebody left out. Every worker sends its parts of COMMIT after those of the step's moments,
     * on one stream, but for sums that were complete already. So whoever sent COMMIT for a run, its owner or its backup, has
     * seen to that run's part of every other sum: which part came first, and from whom, is all the same.
     */
    private List<RoundEffect> commit() {
        if (!open.isEmpty()) {
            Map.Entry<RoundId, Round> left = open.entrySet().iterator().next();
            return List.of(new RoundEffect.Refused(
                    left.getValue().attendance().missing().stream()
                            .map(owner -> committers[owner])
                            .toList(),
                    "step " + (committedStep + 1) + " (generation " + generation
                            + "): everything is complete but " + left.getKey() + ", with "
                            + left.getValue().progress()));
        }
        committedStep++;
        List<RoundEffect> effects = List.of(
                new RoundEffect.Send(rules.workersIn(commit.header()), isEnding ? last(commit) : commit),
                new RoundEffect.Committed(committedStep, lateness.take(), beforeTheirBackups()));
        Arrays.fill(committers, NOBODY);
        chunks = 0;
        chunksComplete = 0;
        commit = null;
        complete.removeIf(id -> id.isPast(committedStep));
        return effects;
    }

    private List<Integer> beforeTheirBackups() {
        return IntStream.range(0, committers.length)
                .filter(worker -> rules.hasBackup(worker) && committers[worker] == worker)
                .boxed()
                .toList();
    }

    private static DataFrame last(DataFrame commit) {
        FrameHeader header = commit.header();
        return DataFrame.of(
                new FrameHeader(
                        header.generation(),
                        header.step(),
                        SumKind.LAST_COMMIT,
                        header.index(),
                        header.group(),
                        header.node(),
                        header.of()),
                commit.payload());
    }
}
