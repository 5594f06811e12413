package io.syncbn.deploy.view;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.syncbn.proto.net.Address;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Keeps the stories of a page on a daemon thread of its own, and publishes them once a second to those who have it open.
 * Thread-safe.
 */
final class PageHost implements AutoCloseable {
    private static final Logger LOG = System.getLogger("io.syncbn.view");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PUBLISH_MILLIS = 1000;
    private static final long END_PATIENCE_SECONDS = 5;

    /** Changes that wait for the thread; what comes beyond is not shown. */
    private static final int MOST_WAITING = 10_000;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "page");
        made.setDaemon(true);
        return made;
    });
    private final AtomicInteger waiting = new AtomicInteger();
    private final List<PageSource> sources;
    private final PageServer server;
    private boolean hasFailed;

    /**
     * Starts serving.
     *
     * @param bind where; port 0 for any that is free
     * @param sources of the runs, used by this host's thread alone
     * @throws IOException with a message for the user
     */
    PageHost(Address bind, List<PageSource> sources) throws IOException {
        this.sources = List.copyOf(sources);
        this.server = new PageServer(bind, this::lines, () -> execute(this::publish));
        thread.scheduleAtFixedRate(this::publish, PUBLISH_MILLIS, PUBLISH_MILLIS, TimeUnit.MILLISECONDS);
    }

    String url() {
        return server.url();
    }

    /** Changes a story. */
    void execute(Runnable change) {
        if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            return;
        }
        thread.execute(() -> {
            waiting.decrementAndGet();
            safely(change);
        });
    }

    private void publish() {
        safely(() -> {
            sources.forEach(PageSource::refresh);
            if (server.hasReaders()) {
                server.publish(text(sources));
            }
        });
    }

    /** A page is not worth a job: what fails is logged once. */
    private void safely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            if (!hasFailed) {
                hasFailed = true;
                LOG.log(Level.WARNING, "the page is not complete", e);
            }
        }
    }

    /** The data of a page, as JSON. */
    static String text(List<PageSource> sources) {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode runs = json.putArray("runs");
        sources.forEach(source -> runs.add(source.story().json(System.currentTimeMillis())));
        return json.toString();
    }

    private void lines(String run, String file, String place, Consumer<String> found) {
        execute(() -> found.accept(sources.stream()
                .filter(source -> source.story().name().equals(run))
                .findFirst()
                .map(source -> source.lines(file, place))
                .orElse("there is no run of this name\n")));
    }

    /** Ends serving after a last task and a last publication, for which it waits a bounded time. */
    void finish(Runnable last) {
        execute(last);
        execute(this::publish);
        thread.shutdown();
        try {
            thread.awaitTermination(END_PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close();
    }

    @Override
    public void close() {
        thread.shutdownNow();
        server.close();
    }
}
