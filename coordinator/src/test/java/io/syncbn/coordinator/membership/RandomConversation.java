package io.syncbn.coordinator.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.coordinator.TestRules;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.v1.ToWorker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;

/** One job, whose events come from a seed, and a record of the conversation, against which every effect is checked. */
final class RandomConversation {
    private static final long LAST_STEP = 12;
    private static final int MOST_ROUNDS = 8000;

    private final int seed;
    private final RandomGenerator random;
    private final int shards;
    private final int minWorkers;
    private final int maxWorkers;
    private final Map<Long, MadeUpWorker> workers = new TreeMap<>();
    /** Whose connection is over, and who may come again with what they have. */
    private final List<MadeUpWorker> gone = new ArrayList<>();

    private Membership membership;
    private long nowNanos;
    private long connections;
    private long processes;
    private long planned;
    /** The generation that is being computed, or 0. */
    private long running;

    private boolean isEnding;
    /** The last step that was committed. */
    private long committed;
    /** Connections of those that were said to straggle, and not to keep up again since. */
    private final Set<Long> stragglers = new HashSet<>();

    /** The newest checkpoint that there is. */
    private long checkpoint;

    /** The step of the checkpoint that was kept when the job was stopped. */
    private long kept = -1;

    private long checkpointsOfStops;
    private long restores;
    private long generations;
    private long taken;
    private long backups;
    private Effect.Last last;
    private String name;

    RandomConversation(int seed) {
        this.seed = seed;
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        shards = 1 + random.nextInt(9);
        maxWorkers = 1 + random.nextInt(Math.min(shards, 5));
        minWorkers = 1 + random.nextInt(maxWorkers);
        membership = Membership.begin(
                new Rules(
                        "job",
                        shards,
                        new WorkerRange(minWorkers, maxWorkers),
                        TestRules.patience(Duration.ofSeconds(600)),
                        Straggler.BACKUP,
                        new Limits(Duration.ofSeconds(60), Long.MAX_VALUE, 3)),
                Recovered.NOTHING,
                nowNanos);
    }

    long generations() {
        return generations;
    }

    long restores() {
        return restores;
    }

    long checkpointsOfStops() {
        return checkpointsOfStops;
    }

    long statesTakenOver() {
        return taken;
    }

    long backups() {
        return backups;
    }

    void randomEvent() {
        nowNanos += random.nextLong(TimeUnit.MILLISECONDS.toNanos(300));
        int choice = random.nextInt(1000);
        Optional<MadeUpWorker> worker = workers.values().stream()
                .skip(workers.isEmpty() ? 0 : random.nextInt(workers.size()))
                .findFirst();
        if (workers.size() < minWorkers ? choice < 400 : choice < 40) {
            happened(join());
        } else if (choice < 480) {
            worker.flatMap(one -> one.next(LAST_STEP)).ifPresent(this::happened);
        } else if (choice < 750) {
            commit(random.nextInt(6) > 0 ? 1 : 0.5);
        } else if (choice < 790) {
            worker.ifPresent(this::pace);
        } else if (choice < 880) {
            happened(new Event.Tick());
        } else {
            worker.ifPresent(one -> happened(disturbance(choice, one)));
        }
    }

    private Event disturbance(int choice, MadeUpWorker worker) {
        long connection = worker.connection;
        long generation = random.nextInt(4) == 0 ? membership.generation() - 1 : membership.generation();
        if (choice < 900) {
            return new Event.Heard(connection, worker.step);
        } else if (choice < 935) {
            return new Event.ControlClosed(connection);
        } else if (choice < 955) {
            return new Event.Damaged(connection, generation, "it broke");
        } else if (choice < 970) {
            worker.isLeaving = true;
            return new Event.Leaving(connection, "it wants to");
        } else if (choice < 980) {
            return new Event.Overdue(generation, List.of(random.nextInt(maxWorkers)), "too late");
        } else if (choice < 985) {
            return new Event.BecameReady(connection, worker.ready(generation - 1));
        } else if (choice < 990) {
            return new Event.Joined(++connections, put(again(worker, worker.join.getProcessId())).join);
        } else if (choice < 995) {
            return new Event.Misbehaved(connection, "it is wrong");
        } else if (choice < 996) {
            return new Event.WorkerFailed(connection, false, "fault-" + random.nextInt(2), "it broke");
        } else if (choice < 997) {
            return new Event.StopRequested("enough");
        }
        return choice < 998 ? new Event.Failed("a mistake") : new Event.Tick();
    }

    /** Somebody straggles, or does not any more. */
    private void pace(MadeUpWorker worker) {
        Optional<Member> seated = membership.members().stream()
                .filter(member -> member.connection() == worker.connection && member.isSeated())
                .findFirst();
        if (running == 0 || seated.isEmpty()) {
            return;
        }
        int number = seated.get().seat();
        if (stragglers.remove(worker.connection)) {
            happened(new Event.KeepingUp(running, number, 1280));
        } else {
            stragglers.add(worker.connection);
            happened(new Event.Straggling(running, List.of(number)));
        }
    }

    /** No more disturbance, and as many workers as are needed: it must end. */
    Effect.Last goOnUndisturbed() {
        for (int round = 0; last == null; round++) {
            assertThat(round).as("seed %d does not end", seed).isLessThan(MOST_ROUNDS);
            nowNanos += TimeUnit.MILLISECONDS.toNanos(100);
            if (workers.size() < minWorkers) {
                happened(join());
            }
            for (MadeUpWorker worker : List.copyOf(workers.values())) {
                happened(new Event.Heard(worker.connection, worker.step));
                worker.next(LAST_STEP).ifPresent(this::happened);
            }
            noticeMissingRoots();
            commit(1);
            happened(new Event.Tick());
        }
        return last;
    }

    /** A root that did not come is one whose connection broke, or one that a slow worker has not come to yet. */
    private void noticeMissingRoots() {
        if (last != null || running == 0) {
            return;
        }
        seated().stream().filter(this::hasBackup).forEach(worker -> worker.take(membership.committedStep()));
        membership.members().stream()
                .filter(member ->
                        member.isSeated() && workers.get(member.connection()).step < membership.committedStep())
                .findFirst()
                .ifPresent(member ->
                        happened(new Event.Damaged(member.connection(), membership.generation(), "it broke")));
    }

    /** Somebody new, or somebody who was there before and knows what it knew. */
    private Event join() {
        boolean isKnown = !gone.isEmpty() && random.nextInt(3) > 0;
        connections++;
        MadeUpWorker worker = isKnown
                ? again(gone.remove(random.nextInt(gone.size())), ++processes)
                : new MadeUpWorker(connections, "worker-" + random.nextInt(12), ++processes, 0, false);
        return new Event.Joined(connections, put(worker).join);
    }

    private MadeUpWorker again(MadeUpWorker before, long process) {
        return new MadeUpWorker(connections, before.join.getName(), process, before.step, before.knowsStatistics);
    }

    private MadeUpWorker put(MadeUpWorker worker) {
        workers.put(worker.connection, worker);
        return worker;
    }

    private List<MadeUpWorker> seated() {
        return membership.members().stream()
                .filter(Member::isSeated)
                .sorted(Comparator.comparing(Member::seat))
                .map(member -> workers.get(member.connection()))
                .toList();
    }

    /** The sums of a step are complete, if everybody can have sent its parts. Some may not get the root. */
    private void commit(double reach) {
        boolean canCommit = last == null
                && running != 0
                && membership.committedStep() < LAST_STEP
                && seated().size() == membership.seats()
                && seated().stream()
                        .allMatch(worker -> worker.isRunning
                                && !worker.hasFinished()
                                && worker.plan.getGeneration() == running
                                && (worker.step == membership.committedStep() || hasBackup(worker)));
        if (canCommit) {
            long step = membership.committedStep() + 1;
            for (MadeUpWorker worker : seated()) {
                if (hasBackup(worker)) {
                    worker.take(worker.step + random.nextLong(step - worker.step + 1));
                } else if (random.nextDouble() < reach) {
                    worker.take(step);
                }
            }
            committed = step;
            checkpoint = step % 4 == 0 ? step : checkpoint;
            boolean wasEnding = isEnding;
            happened(new Event.StepCommitted(step));
            assertThat(running == 0).as(name).isEqualTo(wasEnding);
        }
    }

    private boolean hasBackup(MadeUpWorker owner) {
        return seated().stream()
                .anyMatch(worker -> worker.plan != null
                        && owner.plan != null
                        && worker.plan.getBackupShardCount() > 0
                        && worker.plan.getBackupFirstShard() == owner.plan.getFirstShard());
    }

    private void happened(Event event) {
        name = "seed " + seed + ", " + event;
        boolean wasOver = last != null;
        if (event instanceof Event.WorkerFinished done
                && workers.get(done.connection()).keeps()) {
            kept = done.finished().getStep();
        } else if (event instanceof Event.ControlClosed closed && workers.containsKey(closed.connection())) {
            workers.get(closed.connection()).isGone = true;
        } else if (event instanceof Event.WorkerFailed failed && workers.containsKey(failed.connection())) {
            workers.get(failed.connection()).isGone = true;
        }
        Set<Long> before = connections(membership);
        Set<Long> wereWaiting =
                membership.comers().stream().map(NameClaimant::connection).collect(Collectors.toSet());
        boolean wasRunning = running != 0;
        Set<Long> seatedBefore = new HashSet<>();
        membership.members().stream().filter(Member::isSeated).forEach(member -> seatedBefore.add(member.connection()));
        Decision decision = Decisions.on(membership, nowNanos, event);
        membership = decision.next();
        List<Plan> plans = new ArrayList<>();
        Set<Long> ended = new HashSet<>();
        boolean generationEnded = false;
        for (Effect effect : decision.effects()) {
            assertThat(last == null || wasOver)
                    .as("%s: %s after the end", name, effect)
                    .isTrue();
            if (effect instanceof Effect.Send send) {
                assertThat(ended).as("%s: %s", name, effect).doesNotContain(send.connection());
                boolean isNewComer = event instanceof Event.Joined joined && joined.connection() == send.connection();
                assertThat(before.contains(send.connection()) || isNewComer || wereWaiting.contains(send.connection()))
                        .as("%s: %s", name, effect)
                        .isTrue();
                if (send.message().hasReleased() && wasRunning && seatedBefore.contains(send.connection())) {
                    assertThat(generationEnded || workers.get(send.connection()).hasFinished() || last != null)
                            .as("%s: let go in the middle of a step", name)
                            .isTrue();
                }
                if (send.message().hasPlan()) {
                    if (!plans.isEmpty()
                            && plans.get(0).getGeneration()
                                    != send.message().getPlan().getGeneration()) {
                        plans.clear();
                    }
                    plans.add(send.message().getPlan());
                }
                receive(send.connection(), send.message());
            } else if (effect instanceof Effect.End end) {
                assertThat(ended.add(end.connection()))
                        .as("%s: %s", name, effect)
                        .isTrue();
            } else if (effect instanceof Effect.EndGeneration over) {
                assertThat(over.generation()).as(name).isEqualTo(planned);
                generationEnded = true;
                running = 0;
                isEnding = false;
            } else if (effect instanceof Effect.Relay relay) {
                checkRelay(relay);
            } else if (effect instanceof Effect.BeginGeneration begin) {
                checkBegin(begin);
            } else if (effect instanceof Effect.EndWithStep) {
                assertThat(isEnding).as(name).isFalse();
                assertThat(running).as(name).isPositive();
                isEnding = true;
            } else if (effect instanceof Effect.Note note && note.topic() == Topic.RESTORED) {
                checkRestored(note.step());
            } else if (effect instanceof Effect.Last end) {
                last = end;
                checkKept(end);
            }
        }
        if (wasOver) {
            assertThat(decision.effects())
                    .as(name)
                    .allMatch(effect -> effect instanceof Effect.Send || effect instanceof Effect.End);
        }
        checkPlans(plans);
        keepBook(event, ended);
    }

    /** Whoever was there at the end of a stop has kept a checkpoint, or another had before it was lost. */
    private void checkKept(Effect.Last end) {
        if (end instanceof Effect.Stop stop && workers.values().stream().anyMatch(MadeUpWorker::isStopped)) {
            assertThat(kept).as(name).isEqualTo(stop.step());
            checkpointsOfStops++;
        }
    }

    private void receive(long connection, ToWorker message) {
        // Half of them cannot read the run directory.
        workers.get(connection).checkpoint = connection % 2 == 0 ? checkpoint : 0;
        workers.get(connection).receive(message);
    }

    private static Set<Long> connections(Membership membership) {
        Set<Long> connections = new HashSet<>();
        membership.members().forEach(member -> connections.add(member.connection()));
        return connections;
    }

    private void checkRelay(Effect.Relay relay) {
        List<MadeUpWorker> seated = seated();
        assertThat(seated.get(relay.source()).step).as(name).isEqualTo(relay.step());
        for (int worker = 0; worker < seated.size(); worker++) {
            assertThat(relay.targets().contains(worker))
                    .as("%s: worker %d", name, worker)
                    .isEqualTo(seated.get(worker).step < relay.step());
        }
        taken += relay.targets().size();
    }

    /** Nobody who is there has what was committed, but for the last step, and they go on from the furthest of them. */
    private void checkRestored(long step) {
        assertThat(workers.values().stream()
                        .filter(worker -> membership.hasMember(worker.connection))
                        .mapToLong(worker -> worker.step)
                        .max()
                        .orElseThrow())
                .as(name)
                .isEqualTo(step)
                .isLessThanOrEqualTo(committed);
        committed = step;
        restores++;
    }

    /** One generation at a time, and nobody in it that stands elsewhere than the furthest. */
    private void checkBegin(Effect.BeginGeneration begin) {
        assertThat(running).as(name).isZero();
        running = begin.assignment().generation();
        generations++;
        assertThat(running).as(name).isEqualTo(planned);
        assertThat(begin.committedStep()).as(name).isGreaterThanOrEqualTo(committed - 1);
        assertThat(seated()).as(name).hasSize(begin.assignment().workers());
        for (MadeUpWorker worker : seated()) {
            assertThat(worker.step).as("%s: %s", name, worker.join.getName()).isEqualTo(begin.committedStep());
            assertThat(worker.plan.getGeneration()).as(name).isEqualTo(running);
        }
        assertThat(seated().stream().map(worker -> worker.knowsStatistics).distinct())
                .as(name)
                .hasSize(1);
    }

    /** All shards, once each, in the order of names, for everyone who is seated. */
    private void checkPlans(List<Plan> plans) {
        if (plans.isEmpty()) {
            return;
        }
        assertThat(plans.get(0).getGeneration()).as(name).isGreaterThan(planned);
        planned = plans.get(0).getGeneration();
        assertThat(plans.size()).as(name).isBetween(minWorkers, maxWorkers);
        int next = 0;
        for (int number = 0; number < plans.size(); number++) {
            Plan plan = plans.get(number);
            assertThat(plan.getWorker()).as(name).isEqualTo(number);
            assertThat(plan.getWorkers()).as(name).isEqualTo(plans.size());
            assertThat(plan.getFirstShard()).as(name).isEqualTo(next);
            next += plan.getShardCount();
        }
        assertThat(next).as(name).isEqualTo(shards);
        plans.stream().filter(plan -> plan.getBackupShardCount() > 0).forEach(plan -> checkBackup(plan, plans));
        if (last == null) {
            assertThat(seated()).as(name).hasSize(plans.size());
            assertThat(seated().stream().map(worker -> worker.join.getName()))
                    .as(name)
                    .isSortedAccordingTo(new NaturalOrder());
        }
    }

    /** Of a slow worker's run, by one that is not slow, and not by two. */
    private void checkBackup(Plan backup, List<Plan> plans) {
        backups++;
        assertThat(plans.stream()
                        .filter(plan -> plan.getBackupShardCount() > 0
                                && plan.getBackupFirstShard() == backup.getBackupFirstShard()))
                .as(name)
                .containsExactly(backup);
        Plan owner = plans.stream()
                .filter(plan -> plan.getFirstShard() == backup.getBackupFirstShard())
                .findFirst()
                .orElseThrow();
        assertThat(owner).as(name).isNotEqualTo(backup);
        assertThat(owner.getShardCount()).as(name).isEqualTo(backup.getBackupShardCount());
        assertThat(plans.stream()
                        .map(Plan::getBackupShardCount)
                        .filter(count -> count > 0)
                        .count())
                .as(name)
                .isLessThanOrEqualTo(plans.size() / 2);
        if (last == null && running == 0) {
            assertThat(stragglers).as(name).contains(connection(owner.getWorker()));
        }
    }

    private long connection(int seat) {
        return membership.seated(seat).map(Member::connection).orElse(-1L);
    }

    private boolean waits(long connection) {
        return membership.comers().stream().anyMatch(comer -> comer.connection() == connection);
    }

    /** Whoever is no member any more was told, and may come again. */
    private void keepBook(Event event, Set<Long> ended) {
        Set<Long> members = connections(membership);
        if (event instanceof Event.Joined joined && last == null) {
            boolean isIn = members.contains(joined.connection()) || waits(joined.connection());
            assertThat(isIn ^ ended.contains(joined.connection())).as(name).isTrue();
        }
        for (long connection : List.copyOf(workers.keySet())) {
            if (!members.contains(connection) && !waits(connection) || last != null) {
                assertThat(ended.contains(connection) || last != null)
                        .as("%s: %d was not told", name, connection)
                        .isTrue();
                gone.add(workers.remove(connection));
            }
        }
        if (last instanceof Effect.Succeed succeed) {
            assertThat(succeed).as(name).isEqualTo(new Effect.Succeed(LAST_STEP, "state-" + LAST_STEP));
        }
    }
}
