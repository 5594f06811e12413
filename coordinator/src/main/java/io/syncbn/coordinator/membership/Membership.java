package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Finished;
import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Plan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The state of a job's membership, and all decisions on it. Immutable; {@link #on} gives the next state.
 *
 * @param members those that have joined: in the order of joining while GATHERING, by worker's number from then on
 * @param generation number of the membership; 0 while GATHERING
 * @param committedStep steps whose result is the model
 * @param startedNanos when the coordinator began to wait
 * @param tickedNanos when time was last looked at
 */
public record Membership(
        Rules rules,
        Phase phase,
        List<Member> members,
        long generation,
        long committedStep,
        long startedNanos,
        long tickedNanos) {

    /** No connection's number. */
    private static final long NOBODY = -1;

    /** The next state and what is to be done. */
    public record Decision(Membership next, List<Effect> effects) {
        public Decision {
            effects = List.copyOf(effects);
        }
    }

    public Membership {
        members = List.copyOf(members);
    }

    public static Membership begin(Rules rules, long nowNanos) {
        return new Membership(rules, Phase.GATHERING, List.of(), 0, 0, nowNanos, nowNanos);
    }

    /** Decides. {@code nowNanos} is of a monotonic clock with any origin. */
    public Decision on(long nowNanos, Event event) {
        if (phase == Phase.ENDED) {
            return event instanceof Event.Joined joined
                    ? same(new Effect.Refuse(joined.connection(), "the job is over"))
                    : same();
        }
        if (event instanceof Event.Joined joined) {
            return joined(nowNanos, joined.connection(), joined.join());
        } else if (event instanceof Event.Heard heard) {
            return decide(withMember(heard.connection(), member -> member.heardAt(nowNanos)));
        } else if (event instanceof Event.WorkerFailed failed) {
            return member(failed.connection())
                    .map(member -> fail(failed.connection(), member.name() + ": " + failed.reason()))
                    .orElseGet(this::same);
        } else if (event instanceof Event.WorkerFinished finished) {
            return finished(finished.connection(), finished.finished());
        } else if (event instanceof Event.ControlClosed closed) {
            return member(closed.connection()).map(this::controlClosed).orElseGet(this::same);
        } else if (event instanceof Event.DataBroken broken) {
            return dataBroken(broken);
        } else if (event instanceof Event.StepCommitted committed) {
            return committed(committed.step());
        } else if (event instanceof Event.Stopped stopped) {
            return fail(NOBODY, stopped.reason());
        }
        return tick(nowNanos);
    }

    /** The worker as people know it: its name, its shards, where it runs. */
    public String describe(int worker) {
        Join join = members.get(worker).join();
        return join.getName() + " (" + run(worker) + ", host " + join.getHost() + ", process " + join.getProcessId()
                + ")";
    }

    public boolean hasMember(long connection) {
        return member(connection).isPresent();
    }

    private Decision joined(long nowNanos, long connection, Join join) {
        if (member(connection).isPresent()) {
            return fail(NOBODY, member(connection).get().name() + " joined twice on one connection");
        }
        if (phase == Phase.RUNNING) {
            return refuse(
                    connection,
                    join,
                    "the job has its " + rules.workers() + " workers and runs since generation " + generation
                            + ", now at step " + (committedStep + 1));
        }
        Optional<String> refusal = Admission.refusal(rules, members, join);
        if (refusal.isPresent()) {
            return refuse(connection, join, refusal.get());
        }
        List<Member> more = new ArrayList<>(members);
        more.add(Member.joined(connection, join, nowNanos));
        Effect log = new Effect.Log(join.getName() + " joined from host " + join.getHost() + ", process "
                + join.getProcessId() + ": " + more.size() + " of " + rules.workers() + " workers");
        return more.size() < rules.workers() ? decide(withMembers(more), log) : beginGeneration(nowNanos, more, log);
    }

    private Decision refuse(long connection, Join join, String reason) {
        return same(
                new Effect.Log("refused " + join.getName() + " from host " + join.getHost() + ": " + reason),
                new Effect.Refuse(connection, reason));
    }

    /** Deals the shards. Silence is measured from here on: workers hear only now how often to send a sign of life. */
    private Decision beginGeneration(long nowNanos, List<Member> complete, Effect log) {
        List<Member> seated = complete.stream()
                .sorted(Comparator.comparing(Member::name, new NaturalOrder()))
                .map(member -> member.heardAt(nowNanos))
                .toList();
        long step = seated.get(0).join().getStep();
        Membership next = new Membership(rules, Phase.RUNNING, seated, generation + 1, step, startedNanos, tickedNanos);
        List<Effect> effects = new ArrayList<>(List.of(log));
        effects.add(new Effect.BeginGeneration(next.assignment(), step));
        for (int worker = 0; worker < seated.size(); worker++) {
            effects.add(new Effect.SendPlan(seated.get(worker).connection(), next.plan(worker)));
        }
        effects.add(new Effect.Log("generation " + next.generation + " begins after step " + step + ": "
                + next.assignment().seats().stream()
                        .map(Assignment.Seat::toString)
                        .collect(Collectors.joining(", "))));
        return new Decision(next, effects);
    }

    private Decision finished(long connection, Finished result) {
        Optional<Member> sender = member(connection);
        if (sender.isEmpty()) {
            return same();
        }
        String name = sender.get().name();
        if (phase == Phase.GATHERING) {
            return fail(connection, name + " finished before the job began");
        }
        if (result.getStep() != committedStep) {
            return fail(NOBODY, name + " finished after step " + result.getStep() + ", expected " + committedStep);
        }
        Membership next = withMember(connection, member -> member.finishedWith(result));
        List<Member> running = next.members.stream().filter(Member::isRunning).toList();
        Effect log = new Effect.Log(name + " finished after step " + result.getStep());
        return running.isEmpty() ? next.end(log) : next.decide(next, log);
    }

    private Decision end(Effect log) {
        Map<String, List<String>> namesByDigest = new TreeMap<>();
        for (Member member : members) {
            String digest = member.finished().orElseThrow().getStateDigest();
            namesByDigest.computeIfAbsent(digest, key -> new ArrayList<>()).add(member.name());
        }
        if (namesByDigest.size() > 1) {
            return fail(
                    NOBODY,
                    "workers have different weights after step " + committedStep + ": "
                            + namesByDigest.entrySet().stream()
                                    .map(entry -> String.join(", ", entry.getValue()) + " " + entry.getKey())
                                    .sorted(new NaturalOrder())
                                    .collect(Collectors.joining("; ")));
        }
        return decide(
                ended(),
                log,
                new Effect.Succeed(
                        committedStep, namesByDigest.keySet().iterator().next()));
    }

    private Decision controlClosed(Member member) {
        if (phase == Phase.GATHERING) {
            List<Member> fewer = new ArrayList<>(members);
            fewer.remove(member);
            return decide(
                    withMembers(fewer),
                    new Effect.Log(member.name() + " left before the job began: " + fewer.size() + " of "
                            + rules.workers() + " workers"));
        }
        return member.isRunning() ? lost(member, "its connection closed") : same();
    }

    private Decision dataBroken(Event.DataBroken broken) {
        if (broken.generation() != generation) {
            return same();
        }
        Member member = members.get(broken.worker());
        return member.isRunning() ? lost(member, "its connection for " + broken.stream() + " broke") : same();
    }

    private Decision committed(long step) {
        return decide(new Membership(rules, phase, members, generation, step, startedNanos, tickedNanos));
    }

    private Decision tick(long nowNanos) {
        Membership next = new Membership(rules, phase, members, generation, committedStep, startedNanos, nowNanos);
        if (phase == Phase.GATHERING) {
            return nowNanos - startedNanos < rules.joinTimeoutNanos() ? decide(next) : fail(NOBODY, tooFew());
        }
        if (nowNanos - tickedNanos > rules.silenceNanos() / 2) {
            // This process stood still, and signs of life may wait unread: a silence now says nothing of the others.
            return decide(next.withMembers(
                    members.stream().map(member -> member.heardAt(nowNanos)).toList()));
        }
        for (Member member : members) {
            long silentNanos = nowNanos - member.heardNanos();
            if (member.isRunning() && silentNanos >= rules.silenceNanos()) {
                return lost(member, "nothing came from it for " + TimeUnit.NANOSECONDS.toMillis(silentNanos) + " ms");
            }
        }
        return decide(next);
    }

    private String tooFew() {
        String all = " of " + rules.workers() + " workers joined within " + rules.joinTimeoutSeconds() + " s";
        return members.isEmpty()
                ? "none" + all
                : members.size() + all + ": "
                        + members.stream()
                                .map(Member::name)
                                .sorted(new NaturalOrder())
                                .collect(Collectors.joining(", "));
    }

    private Decision lost(Member member, String how) {
        return fail(
                member.connection(),
                describe(members.indexOf(member)) + " was lost: " + how + ", at step " + (committedStep + 1));
    }

    /** Fails the job, and tells everyone but the one whose connection it is, who is gone or knows. */
    private Decision fail(long except, String reason) {
        List<Effect> effects = new ArrayList<>();
        for (Member member : members) {
            if (member.connection() != except) {
                effects.add(new Effect.Abort(member.connection(), reason));
            }
        }
        effects.add(new Effect.Fail(reason));
        return new Decision(ended(), effects);
    }

    private Assignment assignment() {
        List<Assignment.Seat> seats = new ArrayList<>();
        for (int worker = 0; worker < members.size(); worker++) {
            seats.add(new Assignment.Seat(members.get(worker).name(), run(worker)));
        }
        return new Assignment(generation, seats);
    }

    private Plan plan(int worker) {
        return Plan.newBuilder()
                .setGeneration(generation)
                .setWorker(worker)
                .setWorkers(members.size())
                .setFirstShard(run(worker).first())
                .setShardCount(run(worker).count())
                .setHeartbeatMillis(rules.heartbeatMillis())
                .setSilenceMillis(rules.silenceMillis())
                .build();
    }

    private ShardRun run(int worker) {
        return ShardRun.deal(rules.shards(), members.size()).get(worker);
    }

    private Optional<Member> member(long connection) {
        return members.stream()
                .filter(member -> member.connection() == connection)
                .findFirst();
    }

    private Membership ended() {
        return new Membership(rules, Phase.ENDED, members, generation, committedStep, startedNanos, tickedNanos);
    }

    private Membership withMembers(List<Member> others) {
        return new Membership(rules, phase, others, generation, committedStep, startedNanos, tickedNanos);
    }

    private Membership withMember(long connection, UnaryOperator<Member> change) {
        return withMembers(members.stream()
                .map(member -> member.connection() == connection ? change.apply(member) : member)
                .toList());
    }

    private Decision same(Effect... effects) {
        return decide(this, effects);
    }

    private Decision decide(Membership next, Effect... effects) {
        return new Decision(next, List.of(effects));
    }
}
