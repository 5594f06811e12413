package io.syncbn.deploy.launch;

import io.syncbn.deploy.launch.Cause.End;
import io.syncbn.deploy.settings.Range;
import io.syncbn.proto.net.Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Runs one job as processes of this machine, watches over them, and starts those again that are killed. {@link #run} belongs
 * to one thread; {@link #stop} and {@link #interrupt} may be called from any.
 */
public final class Launcher implements Crew {
    /** Between looks for the coordinator's address: workers wait for it. */
    private static final long LISTEN_POLL_MILLIS = 10;

    /** Lines of the guilty process's log that go into the message. */
    private static final int LOG_LINES = 12;

    private final RunDirectory directory;
    private final ChildCommands commands;
    private final Range workers;
    private final Restarts restarts;
    private final SameFault sameFault = new SameFault();
    private final Patience patience;
    private final Watcher watcher;
    private final LongSupplier nowMillis;

    /** The latest process of each name, those that have ended too. */
    private final Map<String, Child> children = new LinkedHashMap<>();

    /** When workers that were killed are started again. */
    private final Map<String, Long> dueMillis = new HashMap<>();

    /** Ends after which a process was not started again, if it is not the job's business to go on without it. */
    private final List<End> ends = new ArrayList<>();

    /** Ends of workers alone, the latest first. */
    private final Deque<End> losses = new ArrayDeque<>();

    private final BlockingQueue<Child> ended = new LinkedBlockingQueue<>();
    private Optional<Address> address = Optional.empty();
    private boolean isStopTold;
    private volatile boolean isStopAsked;
    private volatile boolean isInterrupted;

    /**
     * How long the launcher waits.
     *
     * @param tickMillis between looks at everything
     * @param listenMillis for the coordinator's address: a cold JVM on a busy machine needs several seconds
     * @param settleMillis after a failure, for an end that is nearer to its cause
     * @param tellerMillis after a worker was told of a failure, for who told it: a coordinator drains its streams first
     * @param leaveMillis after the coordinator's end, for workers that it has told to end too; one that has never reached
     *     it cannot know
     * @param resultMillis after the coordinator's end, for the result: one of these workers writes it, and a disk may be slow
     * @param terminateMillis for children that were asked to end
     * @param backoff before a killed worker is started again
     */
    public record Patience(
            long tickMillis,
            long listenMillis,
            long settleMillis,
            long tellerMillis,
            long leaveMillis,
            long resultMillis,
            long terminateMillis,
            Restarts.Backoff backoff) {
        public static final Patience DEFAULT =
                new Patience(100, 60_000, 500, 8_000, 10_000, 60_000, 5_000, new Restarts.Backoff(200, 5_000));

        public Patience withTickMillis(long millis) {
            return new Patience(
                    millis,
                    listenMillis,
                    settleMillis,
                    tellerMillis,
                    leaveMillis,
                    resultMillis,
                    terminateMillis,
                    backoff);
        }
    }

    /**
     * A launcher of one job.
     *
     * @param workers the most are started; with fewer than the least, the job cannot go on
     * @param restarts how often killed processes are started again
     */
    public Launcher(
            RunDirectory directory,
            ChildCommands commands,
            Range workers,
            int restarts,
            Patience patience,
            Watcher watcher,
            LongSupplier nowMillis) {
        this.directory = directory;
        this.commands = commands;
        this.workers = workers;
        this.restarts = new Restarts(restarts, patience.backoff());
        this.patience = patience;
        this.watcher = watcher;
        this.nowMillis = nowMillis;
    }

    /** Asks the job to stop at its next commit, with a checkpoint; {@link #run} returns when it has. */
    public void stop() {
        isStopAsked = true;
    }

    /** Asks for the end of all processes; {@link #run} returns soon after. */
    public void interrupt() {
        isInterrupted = true;
    }

    /** Runs the job to its end. When this returns, by whatever way, no child is alive. */
    public Ending run() throws InterruptedException {
        try {
            start(COORDINATOR, commands.coordinator(0));
            for (int i = 0; i < workers.most(); i++) {
                startWorker("worker-" + i);
            }
            Ending ending = watch();
            watcher.tick(this);
            return ending;
        } finally {
            endAll();
        }
    }

    private Ending watch() throws InterruptedException {
        long listenUntilMillis = nowMillis.getAsLong() + patience.listenMillis();
        while (!isInterrupted) {
            if (address.isEmpty()) {
                lookForAddress();
            }
            tellStop();
            if (ends.stream().anyMatch(End::isFailure)) {
                return failure();
            }
            boolean isOver = ends.stream().anyMatch(End::isCoordinator);
            if (address.isEmpty() && !isStopAsked && (isOver || nowMillis.getAsLong() > listenUntilMillis)) {
                return new Ending.Failed(
                        "the coordinator did not say where it listens; its log: " + directory.log(COORDINATOR),
                        ends.stream().anyMatch(End::isBadInput));
            }
            if (isOver) {
                return afterCoordinator();
            }
            startWhatIsDue();
            takeEnd(address.isEmpty() ? LISTEN_POLL_MILLIS : patience.tickMillis());
            watcher.tick(this);
        }
        return new Ending.Interrupted();
    }

    /** Workers are started without it, because most of what they do at first needs no coordinator. */
    private void lookForAddress() {
        address = children.get(COORDINATOR).log().address();
        if (address.isPresent()) {
            workers().forEach(this::tellAddress);
        }
    }

    private void tellAddress(String worker) {
        children.get(worker).tell(watcher.way(worker, address.orElseThrow()).toString());
    }

    private void tellStop() {
        if (isStopAsked && !isStopTold) {
            isStopTold = true;
            watcher.say("stopping at the next commit; once more to stop at once");
            children.get(COORDINATOR).tell("stop");
        }
    }

    private void startWhatIsDue() {
        long now = nowMillis.getAsLong();
        Set<String> due = dueMillis.keySet().stream()
                .filter(name -> dueMillis.get(name) <= now)
                .collect(Collectors.toSet());
        due.forEach(this::startWorker);
    }

    private void start(String name, List<String> command) {
        children.put(name, Child.start(name, command, directory.log(name), ended::add));
    }

    @Override
    public void startWorker(String name) {
        dueMillis.remove(name);
        start(name, commands.worker(name));
        if (address.isPresent()) {
            tellAddress(name);
        }
    }

    @Override
    public List<String> workers() {
        return children.values().stream()
                .filter(Child::isAlive)
                .map(Child::name)
                .filter(name -> !name.equals(COORDINATOR))
                .toList();
    }

    @Override
    public OptionalLong pid(String name) {
        Child child = children.get(name);
        return child != null && child.isAlive() ? OptionalLong.of(child.pid()) : OptionalLong.empty();
    }

    /** Notes the next end of a child, if there is one within the time, and starts it again if it was killed. */
    private void takeEnd(long millis) throws InterruptedException {
        nextEnd(millis).ifPresent(end -> {
            if (!end.isOfProcessAlone()) {
                ends.add(end);
            } else if (end.isCoordinator()) {
                coordinatorKilled(end);
            } else {
                workerLost(end);
            }
        });
    }

    private Optional<End> nextEnd(long millis) throws InterruptedException {
        return Optional.ofNullable(ended.poll(millis, TimeUnit.MILLISECONDS))
                .map(child -> new End(child.name(), child.name().equals(COORDINATOR), child.exitCode(), ends.size()));
    }

    /** At the same place, because that is where workers look for it. */
    private void coordinatorKilled(End end) {
        if (!restarts.isLeft()) {
            ends.add(end);
            return;
        }
        restarts.ofCoordinator();
        if (address.isEmpty()) {
            lookForAddress(); // it may have said it just before
        }
        watcher.say(end.inWords() + "; starting it again (" + restarts.inWords() + ")");
        start(COORDINATOR, commands.coordinator(address.map(Address::port).orElse(0)));
        isStopTold = false;
    }

    private void workerLost(End end) {
        losses.addFirst(end);
        String what = inWords(end);
        if (isStopAsked) {
            watcher.say(what);
        } else if (!end.isKilled() && sameFault.isHopeless(reason(end), recordedBytes())) {
            ends.add(end);
        } else if (restarts.isLeft()) {
            long waitMillis = restarts.ofWorker(end.name());
            dueMillis.put(end.name(), nowMillis.getAsLong() + waitMillis);
            watcher.say(what + "; starting it again (" + restarts.inWords() + ")");
        } else if (workers().size() + dueMillis.size() >= workers.least()) {
            watcher.say(what + "; the job goes on without it");
        } else {
            ends.add(end);
        }
    }

    /** With its own reason, if it had the time to give one. */
    private String inWords(End end) {
        return end.inWords() + (end.isKilled() || reason(end).isEmpty() ? "" : ": " + reason(end));
    }

    private String reason(End end) {
        return children.get(end.name())
                .log()
                .reason()
                .flatMap(reason -> reason.lines().findFirst())
                .orElse("");
    }

    /** Grows with every step. */
    private long recordedBytes() {
        return directory.path().resolve("metrics.jsonl").toFile().length();
    }

    /** The coordinator has ended well: the job is done, or was stopped. Workers end too. */
    private Ending afterCoordinator() throws InterruptedException {
        boolean isStopped = ends.stream()
                .filter(End::isCoordinator)
                .findFirst()
                .orElseThrow()
                .isAsked();
        int lossesBefore = losses.size();
        long endedMillis = nowMillis.getAsLong();
        while (!workers().isEmpty() && nowMillis.getAsLong() - endedMillis < lastMillis(isStopped) && !isInterrupted) {
            nextEnd(patience.tickMillis()).ifPresent(this::noteLast);
            watcher.tick(this);
        }
        for (Optional<End> end = nextEnd(0); end.isPresent(); end = nextEnd(0)) {
            noteLast(end.get());
        }
        if (ends.stream().anyMatch(End::isFailure)) {
            return failure();
        }
        if (isStopped || isInterrupted && !hasResult()) {
            return new Ending.Interrupted();
        }
        return hasResult() ? new Ending.Done() : withoutResult(losses.size() > lossesBefore);
    }

    /** What a stopped job leaves was written before its coordinator ended; the result of one that is done is not. */
    private long lastMillis(boolean isStopped) {
        if (isStopped) {
            return patience.settleMillis();
        }
        return hasResult() ? patience.leaveMillis() : Math.max(patience.leaveMillis(), patience.resultMillis());
    }

    private void noteLast(End end) {
        if (end.isOfProcessAlone()) {
            losses.addFirst(end);
        } else {
            ends.add(end);
        }
    }

    private boolean hasResult() {
        return !commands.leaveResult() || Files.exists(directory.result());
    }

    /** Names who had it to write: one that was lost since, or that is still at it, or was lost just before. */
    private Ending withoutResult(boolean isLostSince) {
        Optional<End> lost = Optional.ofNullable(losses.peekFirst())
                .filter(end -> isLostSince || workers().isEmpty());
        Optional<String> writer =
                lost.map(End::name).or(() -> workers().stream().findFirst());
        String why = lost.map(this::inWords)
                .or(() -> writer.map(name -> name + " is still at it"))
                .orElse("all workers ended well");
        Path log = directory.log(writer.orElse(COORDINATOR));
        return new Ending.Failed(
                "the job is done, but result.json was not written: " + why + "\n  its log: " + log, false);
    }

    /** Waits a little: the cause may show after its consequence, and those who were told may have something to write. */
    private Ending failure() throws InterruptedException {
        End cause = cause();
        for (long waited = 0; waited < settleMillis(cause) && !isInterrupted; waited += patience.tickMillis()) {
            nextEnd(patience.tickMillis()).ifPresent(ends::add);
            cause = cause();
        }
        return isInterrupted ? new Ending.Interrupted() : new Ending.Failed(message(cause), cause.isBadInput());
    }

    private End cause() {
        return Cause.among(ends).orElseThrow();
    }

    private long settleMillis(End cause) {
        // A coordinator that failed the job has told all workers that it knew.
        if (ends.stream().anyMatch(end -> end.isCoordinator() && end.isTold())
                && !workers().isEmpty()) {
            return patience.leaveMillis();
        }
        return cause.isTold() && !cause.isCoordinator() ? patience.tellerMillis() : patience.settleMillis();
    }

    private String message(End cause) {
        Log log = children.get(cause.name()).log();
        StringBuilder message = new StringBuilder("the job failed: ");
        Optional<String> reason = log.reason().filter(text -> !cause.isKilled());
        if (reason.isPresent()) {
            message.append(cause.isTold() ? "" : cause.inWords() + ": ").append(reason.get());
        } else {
            message.append(cause.inWords()).append("\n  its last words:");
            log.lastLines(LOG_LINES).forEach(line -> message.append("\n  | ").append(line));
        }
        return message.append("\n  its log: ").append(log.file()).toString();
    }

    /** Ends what is still alive: asks all of them, then waits for each, then makes it so. */
    private void endAll() throws InterruptedException {
        children.values().forEach(Child::terminate);
        for (Child child : children.values()) {
            child.end(patience.terminateMillis());
        }
    }
}
