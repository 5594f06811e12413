package io.syncbn.deploy.launch;

import io.syncbn.proto.net.Address;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The processes of one job: starts them, brings workers and coordinator together, and ends them. */
final class Processes implements ProcessTable {
    private final RunDirectory directory;
    private final ChildCommands commands;
    private final Watcher watcher;
    private final ScrapeTargets targets;

    /** The latest process of each name, those that have ended too. */
    private final Map<String, Child> children = new LinkedHashMap<>();

    /** When workers that were killed are started again. */
    private final Map<String, Long> dueMillis = new HashMap<>();

    private final BlockingQueue<Child> ended = new LinkedBlockingQueue<>();

    /** Processes whose end {@link #nextEnd} has not reported; some may have ended already. */
    private final Set<Child> notHeardOf = new HashSet<>();

    /** Where the coordinator listens, once it has said so. */
    private Optional<Address> address = Optional.empty();

    /** Its page, if it has one. */
    private Optional<URI> page = Optional.empty();

    /** @param watcher asked for the address at which workers reach the coordinator */
    Processes(RunDirectory directory, ChildCommands commands, Watcher watcher) {
        this.directory = directory;
        this.commands = commands;
        this.watcher = watcher;
        targets = new ScrapeTargets(directory.targets(), directory.name());
    }

    /** Starts the first one on any free port, and later ones on the same port, where workers look for it. */
    void startCoordinator() {
        if (address.isEmpty() && children.containsKey(COORDINATOR)) {
            lookForAddress(); // it may have printed it just before it ended
        }
        start(COORDINATOR, commands.coordinator(address.map(Address::port).orElse(0), page()));
    }

    /** Workers are started without an address, because most of what they do at first needs no coordinator. */
    @Override
    public void startWorker(String name) {
        dueMillis.remove(name);
        start(name, commands.worker(name));
        address.ifPresent(known -> tell(name, known));
    }

    void startLater(String worker, long atMillis) {
        dueMillis.put(worker, atMillis);
    }

    /** Starts those whose time has come. */
    void startDue(long nowMillis) {
        List<String> due = dueMillis.keySet().stream()
                .filter(name -> dueMillis.get(name) <= nowMillis)
                .toList();
        due.forEach(this::startWorker);
    }

    /** How many are to be started later. */
    int due() {
        return dueMillis.size();
    }

    private void start(String name, List<String> command) {
        Child child = Child.start(name, command, directory.log(name), ended::add);
        children.put(name, child);
        notHeardOf.add(child);
    }

    /**
     * Checks whether the coordinator has printed its address, and then tells the workers.
     *
     * @return whether the address is known
     */
    boolean lookForAddress() {
        if (address.isEmpty()) {
            address = log(COORDINATOR).address();
            address.ifPresent(found -> workers().forEach(worker -> tell(worker, found)));
            if (address.isPresent()) {
                page = log(COORDINATOR).page().map(URI::create);
                page.ifPresent(url -> watcher.say("page at " + url));
            }
        }
        return address.isPresent();
    }

    private OptionalInt page() {
        return page.isPresent() ? OptionalInt.of(page.get().getPort()) : OptionalInt.empty();
    }

    private void tell(String worker, Address coordinator) {
        children.get(worker).tell(watcher.way(worker, coordinator).toString());
    }

    /** Notes for Prometheus where those that live serve their metrics. */
    void noteTargets() {
        targets.update(children.values().stream().filter(Child::isAlive).toList());
    }

    void tellCoordinatorToStop() {
        children.get(COORDINATOR).tell("stop");
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

    Log log(String name) {
        return children.get(name).log();
    }

    /** The next process that has ended, if there is one within the time. */
    Optional<Child> nextEnd(Duration patience) throws InterruptedException {
        Optional<Child> next = Optional.ofNullable(ended.poll(patience.toMillis(), TimeUnit.MILLISECONDS));
        next.ifPresent(notHeardOf::remove);
        return next;
    }

    /** Whether {@link #nextEnd} will report another one, now or later. */
    boolean hasMoreEnds() {
        return !notHeardOf.isEmpty();
    }

    /** Ends what is still alive: asks all of them, waits for each, then kills it. */
    void endAll(Duration patience) throws InterruptedException {
        children.values().forEach(Child::terminate);
        for (Child child : children.values()) {
            child.end(patience.toMillis());
        }
        noteTargets();
    }
}
