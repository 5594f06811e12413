package io.syncbn.deploy.simulation;

import io.syncbn.coordinator.membership.Effect;
import io.syncbn.coordinator.membership.Limits;
import io.syncbn.coordinator.membership.MembershipTimeouts;
import io.syncbn.coordinator.membership.Rules;
import io.syncbn.coordinator.membership.Straggler;
import io.syncbn.coordinator.membership.Topic;
import io.syncbn.coordinator.membership.WorkerRange;
import io.syncbn.proto.sums.StreamKind;
import io.syncbn.proto.v1.Plan;
import io.syncbn.worker.session.Identity;
import io.syncbn.worker.session.JoinRequest;
import io.syncbn.worker.session.SessionEffect;
import io.syncbn.worker.session.Sizes;
import io.syncbn.worker.session.WorkerEnd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A whole job under faults, in one thread and virtual time: the product's coordinator and the product's sessions of workers,
 * on simulated connections. Everything, faults included, follows from the seed.
 */
final class Simulation {
    static final String FINGERPRINT = "job";
    /** Fifty times as many as any job has had: one that goes round in circles ends soon. */
    private static final int MOST_EVENTS = 1_000_000;

    /** The usual one, but that a worker that hangs is given up sooner. */
    private static final MembershipTimeouts PATIENCE = MembershipTimeouts.of(
            Duration.ofMinutes(10), Duration.ofSeconds(5), Duration.ofMillis(1800), SimulatedWorker.PREPARE);

    private static final long END_NANOS = World.millis(1_800_000);
    /** Faults begin in this time; the job takes about as long without any. */
    private static final long FAULTS_NANOS = World.millis(4_000);

    private final World world;
    private final ToyJob job;
    private final String[] undisturbed;
    private final Straggler straggler;
    private final int longer;
    private final Rules rules;
    private final List<Effect.Note> log = new ArrayList<>();
    private final List<String> story = new ArrayList<>();
    private final Map<String, SimulatedWorker> workers = new HashMap<>();
    private final Map<String, Link> links = new HashMap<>();
    /** By step: the generation that committed it, and those who took the result from it. */
    private final Map<Long, Commit> commits = new HashMap<>();

    private SimulatedCoordinator coordinator;
    private long processes;
    private long connections;
    private int names;
    private int faults;
    /** How often the coordinator was started: a new one knows no more than its log and the workers that are there. */
    private int starts;

    private int redone;
    private int overtaken;

    /** A state on a disk that all can read. */
    record Checkpoint(long step, float[] state) {}

    private Checkpoint checkpoint;

    private record Commit(long generation, List<SimulatedWorker> holders) {}

    /** How it ended. */
    record Report(
            int faults,
            long generations,
            int stepsDoneAgain,
            int backups,
            int stepsTakenFromOthers,
            int restores,
            double virtualSeconds) {}

    Simulation(long seed) {
        world = new World(seed);
        Random random = world.random();
        int shards = 2 + random.nextInt(6);
        int groupSize = random.nextBoolean() ? shards : 1 + random.nextInt(shards);
        straggler = seed % 2 == 0 ? Straggler.BACKUP : Straggler.WAIT;
        // It takes some steps until a worker counts as slow, and more until it does not any more.
        longer = straggler == Straggler.BACKUP ? 4 : 1;
        job = new ToyJob(
                shards,
                groupSize,
                1 + random.nextInt(2),
                1 + random.nextInt(2),
                longer * (20 + random.nextInt(20)),
                10);
        undisturbed = job.undisturbed();
        int most = Math.min(shards, 1 + random.nextInt(5));
        int fewest = 1 + random.nextInt(most);
        rules = new Rules(
                FINGERPRINT,
                shards,
                new WorkerRange(fewest, most),
                PATIENCE,
                straggler,
                new Limits(Duration.ofSeconds(60), Long.MAX_VALUE, 5));
        tell(job + ", workers " + fewest + " to " + most + ", straggler " + straggler);
    }

    /** What a worker says of itself: all are of one job, and alike. */
    static JoinRequest introduction(String worker, long processId) {
        return new JoinRequest(FINGERPRINT, new Identity("data", "", "", ""), worker, "host", processId, Sizes.NONE);
    }

    World world() {
        return world;
    }

    ToyJob job() {
        return job;
    }

    /** What happened, a line each. */
    List<String> story() {
        return story;
    }

    private void tell(String text) {
        story.add(String.format(Locale.ROOT, "%9.1f ms  %s", world.nowNanos() / 1e6, text));
    }

    void log(String who, String text) {
        tell(who + ": " + text);
    }

    /**
     * Runs to the end.
     *
     * @throws AssertionError if something that must hold did not
     */
    Report run() {
        startCoordinator();
        for (int i = 0; i < rules.workers().most(); i++) {
            startWorker("worker-" + names++);
        }
        new Faults(this, world).plan(longer * FAULTS_NANOS);
        int events = 0;
        while (!isOver()) {
            if (++events > MOST_EVENTS || !world.step(END_NANOS)) {
                throw new AssertionError("the job did not end");
            }
        }
        checkEnd();
        long generations = log.stream().mapToLong(Effect.Note::generation).max().orElse(0);
        int backups =
                (int) log.stream().filter(note -> note.topic() == Topic.RERUN).count();
        int restores = (int)
                log.stream().filter(note -> note.topic() == Topic.RESTORED).count();
        return new Report(faults, generations, redone, backups, overtaken, restores, world.nowNanos() / 1e9);
    }

    private boolean isOver() {
        return coordinator.process().isAlive()
                && coordinator.coordinator().end().isDone()
                && workers.values().stream().noneMatch(SimulatedWorker::isAlive);
    }

    private void checkEnd() {
        Effect.Last last = coordinator.coordinator().end().join();
        if (!(last instanceof Effect.Succeed succeed)) {
            throw new AssertionError("the job ended with " + last);
        }
        check(succeed.step() == job.steps(), "the job ended after step " + succeed.step());
        check(
                succeed.stateDigest().equals(undisturbed[(int) job.steps()]),
                "the job ended with " + succeed.stateDigest() + ", expected " + undisturbed[(int) job.steps()]);
        for (SimulatedWorker worker : workers.values()) {
            Optional<SessionEffect> outcome = worker.outcome();
            check(
                    outcome.isEmpty()
                            || outcome.get() instanceof SessionEffect.End
                            || worker.ailments().isDoomed(),
                    worker.name() + " ended with " + outcome);
            if (outcome.equals(Optional.of(new SessionEffect.End(WorkerEnd.DONE))) && worker.step() == job.steps()) {
                check(worker.digest().equals(undisturbed[(int) job.steps()]), worker.name() + " has other bits");
            }
        }
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    // ---- called by workers

    /** A worker has made a committed step its state. */
    void applied(SimulatedWorker worker, Plan plan, float[] state) {
        checkDigest(worker);
        keep(plan, new Checkpoint(worker.step(), state.clone()));
        long generation = plan.getGeneration();
        Commit before = commits.get(worker.step());
        if (before == null) {
            commits.put(worker.step(), new Commit(generation, new ArrayList<>(List.of(worker))));
        } else if (before.generation == generation) {
            before.holders.add(worker);
        } else if (generation < before.generation) {
            redone++; // a worker that was away gets its sums only now, and has the same bits
        } else {
            // Its first result is lost, or with a worker that is away: a step before that may be, at most.
            check(
                    before.holders.stream().noneMatch(holder -> holder.isAlive() && holder.generation() == generation),
                    "step " + worker.step() + " is done again in generation " + generation
                            + ", which has a worker that had it");
            check(
                    starts > 1 || commits.get(worker.step() + 1) == null,
                    "step " + worker.step() + " is done again, although it was not the last");
            redone++;
            tell("step " + worker.step() + " is done again in generation " + generation + ", before in "
                    + before.generation);
            commits.put(worker.step(), new Commit(generation, new ArrayList<>(List.of(worker))));
        }
    }

    /** The worker that writes the run keeps a checkpoint, unless there is a newer one: it stood still. */
    private void keep(Plan plan, Checkpoint kept) {
        if (plan.getFirstShard() == 0 && kept.step % job.evaluateEvery() == 0) {
            checkpoint = newest(kept);
        }
    }

    /** From a disk that all can read. */
    Checkpoint newest(Checkpoint own) {
        return checkpoint == null || checkpoint.step < own.step ? own : checkpoint;
    }

    /** The job goes back: the steps after this one are lost with everybody who had them, or who is away. */
    private void restored(long step) {
        commits.keySet().removeIf(later -> later > step);
    }

    /** A worker gives a step up, because it is committed without it. */
    void overtaken() {
        overtaken++;
    }

    /** A worker has taken over another's state. */
    void tookOver(SimulatedWorker worker) {
        checkDigest(worker);
    }

    private void checkDigest(SimulatedWorker worker) {
        String expected = undisturbed[(int) worker.step()];
        check(
                worker.digest().equals(expected),
                worker.name() + " has " + worker.digest() + " after step " + worker.step() + ", expected " + expected);
    }

    /** A control stream; when nobody listens, one that breaks at once. */
    SimulatedStreams.Control connect(SimulatedWorker worker, long workersNumber) {
        SimulatedStreams.Control control =
                new SimulatedStreams.Control(worker, coordinator, workersNumber, ++connections);
        if (isReachable(worker)) {
            control.open();
        } else {
            control.cut("UNAVAILABLE");
        }
        return control;
    }

    SimulatedStreams.Data open(SimulatedWorker worker, Plan plan, boolean isBulk) {
        StreamKind kind = isBulk ? StreamKind.GRADIENTS : StreamKind.MOMENTS;
        SimulatedStreams.Data data =
                new SimulatedStreams.Data(worker, coordinator, kind, plan.getGeneration(), plan.getWorker());
        if (isReachable(worker)) {
            data.open();
        } else {
            worker.link().cut("UNAVAILABLE");
        }
        return data;
    }

    private boolean isReachable(SimulatedWorker worker) {
        return coordinator.process().isAlive() && !worker.link().isDown();
    }

    // ---- called by faults

    int firedFaults(String what) {
        tell("fault: " + what);
        return ++faults;
    }

    boolean isJobOver() {
        return coordinator.coordinator().end().isDone();
    }

    Rules rules() {
        return rules;
    }

    /** Workers that are taking part, in the order of names. */
    List<SimulatedWorker> alive() {
        return workers.values().stream()
                .filter(SimulatedWorker::isAlive)
                .sorted(java.util.Comparator.comparing(SimulatedWorker::name))
                .toList();
    }

    /** Whether somebody else takes part who could go on from where the victim is, or one step before. */
    boolean hasAnotherReplica(SimulatedWorker victim) {
        return alive().stream()
                .anyMatch(worker -> worker != victim
                        && !worker.isLeaving()
                        && !worker.ailments().isDoomed()
                        && !worker.link().isDown()
                        && isPeer(worker, victim));
    }

    /** Whether one has come as far in the same generation as another, but for one step. */
    private static boolean isPeer(SimulatedWorker worker, SimulatedWorker other) {
        return other.generation() > 0
                && worker.generation() == other.generation()
                && Math.abs(worker.step() - other.step()) <= 1;
    }

    String newName() {
        return "worker-" + names++;
    }

    void startWorker(String name) {
        if (isJobOver()) {
            return;
        }
        Link link = links.computeIfAbsent(name, absent -> new Link(world));
        SimulatedWorker worker = new SimulatedWorker(this, name, ++processes, link);
        workers.put(name, worker);
        tell(name + " starts as process " + processes);
        worker.start();
    }

    void killCoordinator() {
        coordinator.process().kill();
        links.values().forEach(link -> link.cut("the coordinator was killed"));
    }

    SimulatedCoordinator coordinator() {
        return coordinator;
    }

    void startCoordinator() {
        tell("the coordinator starts");
        starts++;
        coordinator = new SimulatedCoordinator(world, rules, job.groupSize(), log, (note, whenKept) -> {
            log.add(note);
            log("coordinator", note.text());
            if (note.topic() == Topic.RESTORED) {
                restored(note.step());
            }
            whenKept.run();
        });
    }
}
