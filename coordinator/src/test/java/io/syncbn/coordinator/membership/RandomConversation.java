package io.syncbn.coordinator.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.coordinator.TestRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** One job, whose events come from a seed. What the coordinator decides is checked after every one of them. */
final class RandomConversation {
    private static final long LAST_STEP = 12;
    private static final int MOST_ROUNDS = 8000;

    private final RandomGenerator random;
    private final CheckedMembership checked;
    /** Whose connection is over, and who may come again with what they have. */
    private final List<MadeUpWorker> gone = new ArrayList<>();

    private long nowNanos;
    private long connections;
    private long processes;

    RandomConversation(int seed) {
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        int shards = 1 + random.nextInt(9);
        int maxWorkers = 1 + random.nextInt(Math.min(shards, 5));
        int minWorkers = 1 + random.nextInt(maxWorkers);
        Rules rules = new Rules(
                "job",
                shards,
                new WorkerRange(minWorkers, maxWorkers),
                TestRules.patience(Duration.ofSeconds(600)),
                Straggler.BACKUP,
                new Limits(Duration.ofSeconds(60), Long.MAX_VALUE, 3));
        checked = new CheckedMembership(seed, rules, LAST_STEP, nowNanos);
    }

    long generations() {
        return checked.generations;
    }

    long restores() {
        return checked.restores;
    }

    long checkpointsOfStops() {
        return checked.checkpointsOfStops;
    }

    long statesTakenOver() {
        return checked.taken;
    }

    long backups() {
        return checked.backups;
    }

    void randomEvent() {
        nowNanos += random.nextLong(TimeUnit.MILLISECONDS.toNanos(300));
        int choice = random.nextInt(1000);
        Collection<MadeUpWorker> workers = checked.workers.values();
        Optional<MadeUpWorker> worker = workers.stream()
                .skip(workers.isEmpty() ? 0 : random.nextInt(workers.size()))
                .findFirst();
        if (areTooFew() ? choice < 400 : choice < 40) {
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
        Membership membership = checked.membership;
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
            return new Event.Overdue(
                    generation,
                    List.of(random.nextInt(membership.rules().workers().most())),
                    "too late");
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
        Optional<Member> seated = checked.membership.members().stream()
                .filter(member -> member.connection() == worker.connection && member.isSeated())
                .findFirst();
        if (checked.running == 0 || seated.isEmpty()) {
            return;
        }
        int number = seated.get().seat();
        boolean isSlow = checked.stragglers.contains(worker.connection);
        happened(
                isSlow
                        ? new Event.KeepingUp(checked.running, number, 1280)
                        : new Event.Straggling(checked.running, List.of(number)));
    }

    /** No more disturbance, and as many workers as are needed: it must end. */
    Effect.Last goOnUndisturbed() {
        for (int round = 0; checked.last == null; round++) {
            assertThat(round).as("seed %d does not end", checked.seed).isLessThan(MOST_ROUNDS);
            nowNanos += TimeUnit.MILLISECONDS.toNanos(100);
            if (areTooFew()) {
                happened(join());
            }
            for (MadeUpWorker worker : List.copyOf(checked.workers.values())) {
                happened(new Event.Heard(worker.connection, worker.step));
                worker.next(LAST_STEP).ifPresent(this::happened);
            }
            noticeMissingRoots();
            commit(1);
            happened(new Event.Tick());
        }
        return checked.last;
    }

    /** A root that did not come is one whose connection broke, or one that a slow worker has not come to yet. */
    private void noticeMissingRoots() {
        if (checked.last != null || checked.running == 0) {
            return;
        }
        Membership membership = checked.membership;
        checked.seated().stream().filter(this::hasBackup).forEach(worker -> worker.take(membership.committedStep()));
        membership.members().stream()
                .filter(member ->
                        member.isSeated() && checked.workers.get(member.connection()).step < membership.committedStep())
                .findFirst()
                .ifPresent(member ->
                        happened(new Event.Damaged(member.connection(), membership.generation(), "it broke")));
    }

    private boolean areTooFew() {
        return checked.workers.size() < checked.membership.rules().workers().least();
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
        checked.workers.put(worker.connection, worker);
        return worker;
    }

    /** The sums of a step are complete, if everybody can have sent its parts. Some may not get the root. */
    private void commit(double reach) {
        Membership membership = checked.membership;
        List<MadeUpWorker> seated = checked.seated();
        boolean canCommit = checked.last == null
                && checked.running != 0
                && membership.committedStep() < LAST_STEP
                && seated.size() == membership.seats()
                && seated.stream()
                        .allMatch(worker -> worker.isRunning
                                && !worker.hasFinished()
                                && worker.plan.getGeneration() == checked.running
                                && (worker.step == membership.committedStep() || hasBackup(worker)));
        if (canCommit) {
            long step = membership.committedStep() + 1;
            for (MadeUpWorker worker : seated) {
                if (hasBackup(worker)) {
                    worker.take(worker.step + random.nextLong(step - worker.step + 1));
                } else if (random.nextDouble() < reach) {
                    worker.take(step);
                }
            }
            happened(new Event.StepCommitted(step));
        }
    }

    private boolean hasBackup(MadeUpWorker owner) {
        return checked.seated().stream()
                .anyMatch(worker -> worker.plan != null
                        && owner.plan != null
                        && worker.plan.getBackupShardCount() > 0
                        && worker.plan.getBackupFirstShard() == owner.plan.getFirstShard());
    }

    private void happened(Event event) {
        gone.addAll(checked.on(nowNanos, event));
    }
}
