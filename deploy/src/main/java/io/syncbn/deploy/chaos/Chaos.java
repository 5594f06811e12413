package io.syncbn.deploy.chaos;

import io.netty.channel.EventLoopGroup;
import io.syncbn.deploy.launch.JsonLine;
import io.syncbn.deploy.launch.JsonLines;
import io.syncbn.deploy.launch.ProcessTable;
import io.syncbn.deploy.launch.RunDirectory;
import io.syncbn.deploy.launch.Watcher;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.Transport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** Injects a list of faults into a running job, and records what follows. Belongs to the launcher's thread. */
public final class Chaos implements Watcher, AutoCloseable {
    private final List<FaultOutcome> episodes;
    private final Watcher people;
    private final Consumer<Report> news;
    private final LongSupplier nowMillis;
    private final JsonLines metrics;
    private final JsonLines events;
    private final EventLoopGroup loop = Transport.eventLoop("chaos");
    private final Map<String, Link> links = new HashMap<>();
    private final List<Undo> undos = new ArrayList<>();
    private final long startMillis;
    private long firstCommitMillis = -1;
    private long committedStep;
    private long changes;

    /** The end of a fault that lasts for a while. */
    private record Undo(long dueMillis, Runnable action) {}

    /**
     * Chaos in a run that has not begun.
     *
     * @param people is told of every fault, and otherwise called as without chaos
     * @param news is given a report whenever a fault has been tried, was noticed, or is overcome
     */
    public Chaos(List<Fault> faults, RunDirectory run, Watcher people, Consumer<Report> news, LongSupplier nowMillis) {
        this.episodes = faults.stream().map(FaultOutcome::new).toList();
        this.people = people;
        this.news = news;
        this.nowMillis = nowMillis;
        this.metrics = JsonLines.ofNews(run.metrics());
        this.events = JsonLines.ofNews(run.events());
        this.startMillis = nowMillis.getAsLong();
    }

    /** What became of the faults. */
    public Report report() {
        return Report.of(episodes, startMillis);
    }

    @Override
    public void say(String line) {
        people.say(line);
    }

    /**
     * A process that has just been started has no connections, so those left by an earlier one of its name are closed.
     */
    @Override
    public Address way(String worker, Address coordinator) {
        Link link = links.computeIfAbsent(worker, name -> new Link(loop, coordinator));
        link.reset();
        return link.address();
    }

    @Override
    public void tick(ProcessTable crew) {
        people.tick(crew);
        observe();
        undo();
        long now = nowMillis.getAsLong();
        long trainingMillis = firstCommitMillis < 0 ? -1 : now - firstCommitMillis;
        episodes.stream()
                .filter(episode -> !episode.isDone())
                .filter(episode -> episode.fault().moment().isPast(committedStep, trainingMillis))
                .forEach(episode -> fire(episode, crew));
        long changed = episodes.stream().mapToLong(FaultOutcome::changes).sum();
        if (changed != changes) {
            changes = changed;
            news.accept(report());
        }
    }

    private void observe() {
        long now = nowMillis.getAsLong();
        for (JsonLine event : events.news()) {
            episodes.forEach(episode -> episode.happened(event.text("event"), event.text("worker"), now));
        }
        for (JsonLine line : metrics.news()) {
            if (line.has("stepMillis")) {
                firstCommitMillis = firstCommitMillis < 0 ? now : firstCommitMillis;
                committedStep = Math.max(committedStep, (long) line.number("step"));
            }
        }
        episodes.forEach(episode -> episode.committed(committedStep, now));
    }

    private void undo() {
        long now = nowMillis.getAsLong();
        for (Iterator<Undo> each = undos.iterator(); each.hasNext(); ) {
            Undo undo = each.next();
            if (undo.dueMillis() <= now) {
                each.remove();
                undo.action().run();
            }
        }
    }

    private void fire(FaultOutcome episode, ProcessTable crew) {
        Fault fault = episode.fault();
        try {
            if (fault.verb().isOfLink()) {
                disturb(fault);
            } else {
                afflict(fault, crew);
            }
            episodes.stream()
                    .filter(FaultOutcome::isDone)
                    .filter(earlier -> earlier.fault().target().equals(fault.target()))
                    .forEach(FaultOutcome::superseded);
            episode.fired(nowMillis.getAsLong(), committedStep);
            people.say("chaos: " + fault.words() + " (after step " + committedStep + ")");
        } catch (FaultException e) {
            episode.failed(e.getMessage());
            people.say("chaos: " + fault.words() + " was not possible: " + e.getMessage());
        }
    }

    /** Injects a fault into a process. */
    private void afflict(Fault fault, ProcessTable crew) {
        if (fault.verb() == FaultKind.ADD) {
            if (crew.pid(fault.target()).isPresent()) {
                throw new FaultException(fault.target() + " is there");
            }
            crew.startWorker(fault.target());
            return;
        }
        if (fault.target().equals(Fault.ALL)) {
            killAll(crew);
            return;
        }
        long pid = crew.pid(fault.target())
                .orElseThrow(() -> new FaultException("there is no process of " + fault.target()));
        switch (fault.verb()) {
            case KILL -> Processes.signal("KILL", pid);
            case STOP -> Processes.signal("STOP", pid);
            case CONTINUE -> Processes.signal("CONT", pid);
            case DRAIN -> Processes.signal("TERM", pid);
            case PAUSE -> {
                Processes.signal("STOP", pid);
                lasts(fault, () -> ifAlive(fault, crew, pid, () -> Processes.signal("CONT", pid)));
            }
            case FILL -> {
                Processes.forbidWriting(pid);
                lasts(fault, () -> ifAlive(fault, crew, pid, () -> Processes.allowWriting(pid)));
            }
            default -> throw new IllegalStateException(fault.toString());
        }
    }

    private static void killAll(ProcessTable crew) {
        Stream.concat(Stream.of(ProcessTable.COORDINATOR), crew.workers().stream())
                .map(crew::pid)
                .flatMapToLong(OptionalLong::stream)
                .forEach(pid -> Processes.signal("KILL", pid));
    }

    /** Injects a fault into a worker's link. */
    private void disturb(Fault fault) {
        Link link = links.get(fault.target());
        if (link == null) {
            throw new FaultException(fault.target() + " has no link yet");
        }
        switch (fault.verb()) {
            case CUT -> impose(link, fault, Condition.cut());
            case DELAY -> impose(link, fault, Condition.delay(fault.amount()));
            case THROTTLE -> impose(link, fault, Condition.throttle(fault.amount()));
            case CORRUPT -> link.corruptNext(fault.way());
            case DROP -> link.dropNext(fault.way());
            default -> throw new IllegalStateException(fault.toString());
        }
    }

    private void impose(Link link, Fault fault, Condition condition) {
        link.impose(fault.way(), condition);
        lasts(fault, () -> link.lift(fault.way(), condition));
    }

    private void lasts(Fault fault, Runnable end) {
        undos.add(new Undo(nowMillis.getAsLong() + fault.millis(), end));
    }

    /** Does nothing if the process has ended since, or ends just now. */
    private static void ifAlive(Fault fault, ProcessTable crew, long pid, Runnable action) {
        try {
            if (crew.pid(fault.target()).orElse(-1) == pid) {
                action.run();
            }
        } catch (FaultException e) {
            if (crew.pid(fault.target()).orElse(-1) == pid) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        links.values().forEach(Link::close);
        loop.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
    }
}
