package io.syncbn.coordinator.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.v1.ToWorker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A membership and its workers, and a book of what was said, against which every effect is checked. */
final class CheckedMembership {
    final int seed;
    final Map<Long, MadeUpWorker> workers = new TreeMap<>();
    Membership membership;

    /** The generation that is being computed, or 0. */
    long running;

    /** Connections of those that were said to straggle, and not to keep up again since. */
    final Set<Long> stragglers = new HashSet<>();

    Effect.Last last;

    long generations;
    long restores;
    long checkpointsOfStops;
    long taken;
    long backups;

    private final long lastStep;
    private long planned;
    private boolean isEnding;
    /** The last step that was committed. */
    private long committed;

    /** The newest checkpoint that there is. */
    private long checkpoint;

    /** The step of the checkpoint that was kept when the job was stopped. */
    private long kept = -1;

    private String name;

    /** @param lastStep where the job ends */
    CheckedMembership(int seed, Rules rules, long lastStep, long nowNanos) {
        this.seed = seed;
        this.lastStep = lastStep;
        membership = Membership.begin(rules, Recovered.NOTHING, nowNanos);
    }

    /** Has an event decided on, checks and carries out what follows, and gives the workers whose connection is over then. */
    List<MadeUpWorker> on(long nowNanos, Event event) {
        name = "seed " + seed + ", " + event;
        boolean wasOver = last != null;
        boolean wasEnding = isEnding;
        enter(event);
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
        List<MadeUpWorker> gone = removeGone(event, ended);
        if (event instanceof Event.StepCommitted) {
            assertThat(running == 0).as(name).isEqualTo(wasEnding);
        }
        return gone;
    }

    /** Enters what an event says into the book, before it is decided on. */
    private void enter(Event event) {
        if (event instanceof Event.WorkerFinished done
                && workers.get(done.connection()).keeps()) {
            kept = done.finished().getStep();
        } else if (event instanceof Event.ControlClosed closed && workers.containsKey(closed.connection())) {
            workers.get(closed.connection()).isGone = true;
        } else if (event instanceof Event.WorkerFailed failed && workers.containsKey(failed.connection())) {
            workers.get(failed.connection()).isGone = true;
        } else if (event instanceof Event.StepCommitted done) {
            committed = done.step();
            checkpoint = committed % 4 == 0 ? committed : checkpoint;
        } else if (event instanceof Event.Straggling straggling) {
            straggling.workers().forEach(seat -> stragglers.add(connection(seat)));
        } else if (event instanceof Event.KeepingUp keepingUp) {
            stragglers.remove(connection(keepingUp.worker()));
        }
    }

    List<MadeUpWorker> seated() {
        return membership.members().stream()
                .filter(Member::isSeated)
                .sorted(Comparator.comparing(Member::seat))
                .map(member -> workers.get(member.connection()))
                .toList();
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
        WorkerRange range = membership.rules().workers();
        assertThat(plans.size()).as(name).isBetween(range.least(), range.most());
        int next = 0;
        for (int number = 0; number < plans.size(); number++) {
            Plan plan = plans.get(number);
            assertThat(plan.getWorker()).as(name).isEqualTo(number);
            assertThat(plan.getWorkers()).as(name).isEqualTo(plans.size());
            assertThat(plan.getFirstShard()).as(name).isEqualTo(next);
            next += plan.getShardCount();
        }
        assertThat(next).as(name).isEqualTo(membership.rules().shards());
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
    private List<MadeUpWorker> removeGone(Event event, Set<Long> ended) {
        List<MadeUpWorker> gone = new ArrayList<>();
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
            assertThat(succeed).as(name).isEqualTo(new Effect.Succeed(lastStep, "state-" + lastStep));
        }
        return gone;
    }
}
