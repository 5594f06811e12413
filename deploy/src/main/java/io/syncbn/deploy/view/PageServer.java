package io.syncbn.deploy.view;

import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.HttpListener;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Serves a page over HTTP, and pushes its data to those who have it open. Thread-safe. */
final class PageServer implements AutoCloseable {
    /** Of data at a time: a page that is open in some windows, not a service for the world. */
    static final int MOST_READERS = 16;

    /** After which a reader that takes nothing is dropped. */
    static final long SLOWEST_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final Lines lines;
    private final Runnable whenOneComes;
    private final Set<PageAnswers> readers = ConcurrentHashMap.newKeySet();
    private final HttpListener listener;

    /** Looks up lines of a run's files, and hands them to the last argument; must not wait. */
    interface Lines {
        void near(String run, String file, String place, Consumer<String> found);
    }

    /**
     * @param bind where; port 0 for any that is free
     * @param whenOneComes called when a page is opened, to {@link #publish}
     * @throws IOException with a message for the user
     */
    PageServer(Address bind, Lines lines, Runnable whenOneComes) throws IOException {
        this.lines = lines;
        this.whenOneComes = whenOneComes;
        this.listener = HttpListener.start(bind, "page", () -> new PageAnswers(this));
    }

    String url() {
        return "http://" + listener.address() + "/";
    }

    String html() {
        return Page.live();
    }

    void lines(String run, String file, String place, Consumer<String> found) {
        lines.near(run, file, place, found);
    }

    /** Takes a reader of the data, if there are not too many. */
    boolean add(PageAnswers reader) {
        if (readers.size() >= MOST_READERS) {
            return false;
        }
        readers.add(reader);
        whenOneComes.run();
        return true;
    }

    void remove(PageAnswers reader) {
        readers.remove(reader);
    }

    boolean hasReaders() {
        return !readers.isEmpty();
    }

    /** Sends the page's data to all who have it open. */
    void publish(String json) {
        byte[] event = PageAnswers.event(json);
        long nowNanos = System.nanoTime();
        readers.forEach(reader -> reader.execute(() -> reader.send(event, nowNanos)));
    }

    @Override
    public void close() {
        listener.close();
    }
}
