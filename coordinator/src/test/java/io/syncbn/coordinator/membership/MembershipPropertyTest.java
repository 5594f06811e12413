package io.syncbn.coordinator.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.Protocol;
import io.syncbn.proto.v1.Finished;
import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Plan;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** Random conversations against a dumb book of who is in; what must hold of any of them is checked after every event. */
class MembershipPropertyTest {
    private static final int CASES = 4000;
    private static final int EVENTS = 120;

    @Test
    void holdsOverRandomConversations() {
        int succeeded = 0;
        int failed = 0;
        for (int seed = 0; seed < CASES; seed++) {
            Conversation conversation = new Conversation(seed);
            for (int i = 0; i < EVENTS; i++) {
                conversation.step();
            }
            succeeded += conversation.succeeded ? 1 : 0;
            failed += conversation.failed ? 1 : 0;
        }
        assertThat(succeeded).as("jobs that went well").isGreaterThan(CASES / 100);
        assertThat(failed).as("jobs that failed").isGreaterThan(CASES / 10);
    }

    private static final class Conversation {
        private final int seed;
        private final RandomGenerator random;
        private final int shards;
        private final int workers;
        private Membership membership;
        private long nowNanos;
        private long connections;
        private long committed;
        /** The dumb book: names by connection, as long as they are in. */
        private final Map<Long, String> in = new TreeMap<>();

        private final Map<Long, Plan> plans = new HashMap<>();
        private final Set<Long> finished = new HashSet<>();
        private boolean succeeded;
        private boolean failed;

        Conversation(int seed) {
            this.seed = seed;
            random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
            shards = 1 + random.nextInt(9);
            workers = 1 + random.nextInt(shards);
            membership = Membership.begin(
                    new Rules("job", shards, workers, TimeUnit.SECONDS.toNanos(60), 1000, 5000), nowNanos);
        }

        void step() {
            nowNanos += random.nextLong(TimeUnit.MILLISECONDS.toNanos(500));
            boolean wasOver = succeeded || failed;
            boolean wasRunning = !plans.isEmpty();
            Event event = randomEvent();
            String name = "seed " + seed + ", " + event;
            Membership.Decision decision = membership.on(nowNanos, event);
            membership = decision.next();
            Set<Long> refused = new HashSet<>();
            Set<Long> aborted = new HashSet<>();
            for (Effect effect : decision.effects()) {
                assertThat(!wasOver && (succeeded || failed))
                        .as("%s: %s after the end", name, effect)
                        .isFalse();
                if (effect instanceof Effect.Refuse refuse) {
                    refused.add(refuse.connection());
                } else if (effect instanceof Effect.Abort abort) {
                    assertThat(aborted.add(abort.connection())).as(name).isTrue();
                } else if (effect instanceof Effect.SendPlan send) {
                    assertThat(plans.put(send.connection(), send.plan()))
                            .as(name)
                            .isNull();
                } else if (effect instanceof Effect.Succeed) {
                    succeeded = true;
                } else if (effect instanceof Effect.Fail) {
                    failed = true;
                }
            }
            if (wasOver) {
                assertThat(decision.effects()).as(name).allMatch(effect -> effect instanceof Effect.Refuse);
                return;
            }
            keepBook(event, refused, wasRunning, name);
            check(event, aborted, name);
        }

        /** What the book says after the event. */
        private void keepBook(Event event, Set<Long> refused, boolean wasRunning, String name) {
            if (event instanceof Event.Joined joined && !in.containsKey(joined.connection())) {
                boolean welcome = !wasRunning
                        && joined.join().getFingerprint().equals("job")
                        && !in.containsValue(joined.join().getName());
                assertThat(refused.isEmpty()).as(name).isEqualTo(welcome);
                if (welcome) {
                    in.put(joined.connection(), joined.join().getName());
                }
            } else if (event instanceof Event.ControlClosed closed && !wasRunning) {
                in.remove(closed.connection());
            } else if (event instanceof Event.WorkerFinished done && in.containsKey(done.connection())) {
                finished.add(done.connection());
            }
        }

        private void check(Event event, Set<Long> aborted, String name) {
            if (failed) {
                Set<Long> others = new HashSet<>(in.keySet());
                others.removeAll(aborted);
                assertThat(others).as("%s: not told", name).hasSizeLessThanOrEqualTo(1);
                assertThat(in.keySet()).as(name).containsAll(aborted);
            } else {
                assertThat(aborted).as(name).isEmpty();
                assertThat(membership.members()).as(name).hasSameSizeAs(in.keySet());
                assertThat(membership.phase() == Phase.GATHERING)
                        .as(name)
                        .isEqualTo(in.size() < workers && plans.isEmpty());
                assertThat(succeeded).as(name).isEqualTo(finished.size() == workers);
            }
            if (!plans.isEmpty()) {
                assertThat(plans.keySet()).as(name).isEqualTo(in.keySet());
                assertThat(plans.values().stream().mapToInt(Plan::getShardCount).sum())
                        .as(name)
                        .isEqualTo(shards);
            }
        }

        private Event randomEvent() {
            long known = 1 + random.nextLong(connections + 1);
            int choice = random.nextInt(1000);
            if (plans.isEmpty() && choice < 700) {
                return new Event.Joined(++connections, join(choice % 10 == 0 ? "other" : "job"));
            }
            if (!plans.isEmpty() && choice < 600) {
                return new Event.Heard(known);
            } else if (choice < 800) {
                return new Event.Tick();
            } else if (choice < 850 && !plans.isEmpty() && finished.isEmpty()) {
                return new Event.StepCommitted(++committed);
            } else if (choice < 980 && !plans.isEmpty()) {
                return new Event.WorkerFinished(
                        known,
                        Finished.newBuilder()
                                .setStep(committed)
                                .setStateDigest("same")
                                .build());
            } else if (choice < 986) {
                return new Event.ControlClosed(known);
            } else if (choice < 988) {
                return new Event.WorkerFailed(known, "it broke");
            } else if (choice < 990 && !plans.isEmpty()) {
                return new Event.DataBroken(1, random.nextInt(workers), "moments");
            } else if (choice < 992) {
                return new Event.Joined(known, join("job"));
            }
            return choice == 999 ? new Event.Stopped("stopped") : new Event.Heard(known);
        }

        private Join join(String fingerprint) {
            return Join.newBuilder()
                    .setProtocolVersion(Protocol.VERSION)
                    .setFingerprint(fingerprint)
                    .setName("worker-" + random.nextInt(12))
                    .build();
        }
    }
}
