package io.syncbn.deploy.launch;

import io.syncbn.deploy.launch.Cause.End;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Runs one job as processes of this machine, and watches over them. {@link #run} belongs to one thread; {@link #interrupt}
 * may be called from any.
 */
public final class Launcher {
    private static final String COORDINATOR = "coordinator";

    /** Between looks for the coordinator's address: workers wait for it. */
    private static final long LISTEN_POLL_MILLIS = 10;

    /** Lines of the guilty process's log that go into the message. */
    private static final int LOG_LINES = 12;

    private final RunDirectory directory;
    private final ChildCommands commands;
    private final int workers;
    private final Patience patience;
    private final Runnable onTick;

    private final List<Child> children = new ArrayList<>();
    private final List<End> ends = new ArrayList<>();
    private final BlockingQueue<Child> ended = new LinkedBlockingQueue<>();
    private volatile boolean isInterrupted;

    /**
     * How long the launcher waits.
     *
     * @param tickMillis between looks at progress
     * @param listenMillis for the coordinator's address: a cold JVM on a busy machine needs several seconds
     * @param settleMillis after a failure, for an end that is nearer to its cause
     * @param tellerMillis after a worker was told of a failure, for who told it: a coordinator drains its streams first
     * @param terminateMillis for children that were asked to end
     */
    public record Patience(
            long tickMillis, long listenMillis, long settleMillis, long tellerMillis, long terminateMillis) {
        public static final Patience DEFAULT = new Patience(100, 60_000, 500, 8_000, 5_000);
    }

    public Launcher(RunDirectory directory, ChildCommands commands, int workers, Patience patience, Runnable onTick) {
        this.directory = directory;
        this.commands = commands;
        this.workers = workers;
        this.patience = patience;
        this.onTick = onTick;
    }

    /** Asks for the end of the job; {@link #run} returns soon after. */
    public void interrupt() {
        isInterrupted = true;
    }

    /** Runs the job to its end. When this returns, by whatever way, no child is alive. */
    public Ending run() throws InterruptedException {
        try {
            start(COORDINATOR, commands.coordinator());
            for (int i = 0; i < workers; i++) {
                String name = "worker-" + i;
                start(name, commands.worker(name));
            }
            Optional<String> address = awaitAddress();
            address.ifPresent(this::tellWorkers);
            if (address.isEmpty() && ends.stream().noneMatch(End::isFailure) && !isInterrupted) {
                return new Ending.Failed(
                        "the coordinator did not say where it listens; its log: " + directory.log(COORDINATOR));
            }
            return watch();
        } finally {
            endAll();
        }
    }

    private void start(String name, List<String> command) {
        children.add(Child.start(name, command, directory.log(name), ended::add));
    }

    /** Workers are started without it, because most of what they do at first needs no coordinator. */
    private void tellWorkers(String address) {
        children.stream().skip(1).forEach(worker -> worker.tell(address));
    }

    /** The coordinator's address; empty if it ended, took too long, or the job was interrupted. */
    private Optional<String> awaitAddress() throws InterruptedException {
        Log log = children.get(0).log();
        for (long waited = 0; waited < patience.listenMillis(); waited += LISTEN_POLL_MILLIS) {
            boolean isOver = isInterrupted || !ends.isEmpty();
            Optional<String> address = log.address();
            if (address.isPresent() || isOver) {
                return address;
            }
            takeEnd(LISTEN_POLL_MILLIS);
        }
        return Optional.empty();
    }

    private Ending watch() throws InterruptedException {
        while (!isInterrupted) {
            if (ends.stream().anyMatch(End::isFailure)) {
                return failure();
            }
            if (ends.size() == children.size()) {
                onTick.run();
                return new Ending.Done();
            }
            takeEnd(patience.tickMillis());
            onTick.run();
        }
        return new Ending.Interrupted();
    }

    /** Notes the next end of a child, if there is one within the time. */
    private void takeEnd(long millis) throws InterruptedException {
        Child child = ended.poll(millis, TimeUnit.MILLISECONDS);
        if (child != null) {
            ends.add(new End(child.name(), child == children.get(0), child.exitCode(), ends.size()));
        }
    }

    /** Waits a little: the cause may show after its consequence, and Ctrl-C reaches the children before the launcher. */
    private Ending failure() throws InterruptedException {
        End cause = cause();
        for (long waited = 0; waited < settleMillis(cause) && !isInterrupted; waited += patience.tickMillis()) {
            takeEnd(patience.tickMillis());
            cause = cause();
        }
        return isInterrupted ? new Ending.Interrupted() : new Ending.Failed(message(cause));
    }

    private End cause() {
        return Cause.among(ends).orElseThrow();
    }

    private long settleMillis(End cause) {
        return cause.isTold() && !cause.isCoordinator() ? patience.tellerMillis() : patience.settleMillis();
    }

    private String message(End cause) {
        Log log = children.stream()
                .filter(child -> child.name().equals(cause.name()))
                .findFirst()
                .orElseThrow()
                .log();
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
        children.forEach(Child::terminate);
        for (Child child : children) {
            child.end(patience.terminateMillis());
        }
    }
}
