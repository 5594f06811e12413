package io.syncbn.coordinator.service;

import io.grpc.Status;
import io.syncbn.coordinator.membership.Membership;
import io.syncbn.coordinator.membership.Phase;
import io.syncbn.proto.sums.StreamKind;
import io.syncbn.proto.wire.DataFrame;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The data streams of the present generation. Belongs to the event loop. */
final class DataStreams {
    private final Map<StreamKind, Map<Integer, DataStream>> open = new EnumMap<>(StreamKind.class);

    /** By worker's number: what to run as soon as all of its streams are open. */
    private final Map<Integer, Runnable> waiting = new HashMap<>();

    /** By stream whose worker has not taken all that was sent, without a break: since when. */
    private final Map<DataStream, Long> fullSinceNanos = new HashMap<>();

    /** By stream: bytes sent since its worker had last taken all. */
    private final Map<DataStream, Long> untakenBytes = new HashMap<>();

    DataStreams() {
        for (StreamKind kind : StreamKind.values()) {
            open.put(kind, new HashMap<>());
        }
    }

    /** Adds a stream; returns why it was refused, or empty. */
    Optional<Status> add(DataStream stream, Membership membership) {
        Optional<Status> refusal = refusal(stream, membership);
        if (refusal.isEmpty()) {
            open.get(stream.kind()).put(stream.worker(), stream);
            runIfAllAreOpen(stream.worker());
        }
        return refusal;
    }

    private Optional<Status> refusal(DataStream stream, Membership membership) {
        String name = "worker " + stream.worker() + "'s stream of " + stream.kind();
        boolean isOfNow = (membership.phase() == Phase.ALIGNING || membership.phase() == Phase.RUNNING)
                && stream.generation() == membership.generation();
        if (!isOfNow) {
            return Optional.of(Status.FAILED_PRECONDITION.withDescription(name + " is of generation "
                    + stream.generation() + ", expected " + membership.generation() + " (" + membership.phase() + ")"));
        }
        if (membership.seated(stream.worker()).isEmpty()) {
            return Optional.of(Status.INVALID_ARGUMENT.withDescription(
                    name + ": expected one of " + membership.seats() + " workers"));
        }
        if (open.get(stream.kind()).containsKey(stream.worker())) {
            return Optional.of(Status.ALREADY_EXISTS.withDescription(name + " is open already"));
        }
        return Optional.empty();
    }

    boolean isOpen(DataStream stream) {
        return open.get(stream.kind()).get(stream.worker()) == stream;
    }

    /**
     * Runs an action now, or when the worker has opened all of its streams; never, if the generation ends before that.
     */
    void whenAllAreOpen(int worker, Runnable action) {
        waiting.put(worker, action);
        runIfAllAreOpen(worker);
    }

    private void runIfAllAreOpen(int worker) {
        if (open.values().stream().allMatch(streams -> streams.containsKey(worker))) {
            Optional.ofNullable(waiting.remove(worker)).ifPresent(Runnable::run);
        }
    }

    private void hasTakenAll(DataStream stream) {
        if (!fullSinceNanos.isEmpty()) {
            fullSinceNanos.remove(stream);
        }
        if (!untakenBytes.isEmpty()) {
            untakenBytes.remove(stream);
        }
    }

    /** Whether it was open. */
    boolean remove(DataStream stream) {
        hasTakenAll(stream);
        return open.get(stream.kind()).remove(stream.worker(), stream);
    }

    /** Sends a frame to workers; returns to how many of them it went. */
    int send(StreamKind kind, List<Integer> workers, DataFrame frame) {
        int sent = 0;
        for (int worker : workers) {
            DataStream stream = open.get(kind).get(worker);
            if (stream != null) {
                if (stream.isReady()) {
                    hasTakenAll(stream); // and may be full again at once, but it has taken all earlier frames
                } else {
                    untakenBytes.merge(stream, (long) frame.payload().bytes(), Long::sum);
                }
                stream.send(frame);
                sent++;
            }
        }
        return sent;
    }

    /** Whether each of these workers has taken what was sent on this kind of stream, or no longer has such a stream. */
    boolean haveTaken(StreamKind kind, List<Integer> workers) {
        return workers.stream().map(open.get(kind)::get).allMatch(stream -> stream == null || stream.isReady());
    }

    /** By worker's number, an upper bound on the bytes it has not taken; workers not listed have taken all. */
    Map<Integer, Long> untakenBytes() {
        Map<Integer, Long> untaken = new TreeMap<>();
        untakenBytes.forEach((stream, bytes) -> untaken.merge(stream.worker(), bytes, Long::sum));
        return untaken;
    }

    /** By worker's number, since when it has not taken all that was sent to it; to be called at every tick. */
    Map<Integer, Long> full(long nowNanos) {
        Map<Integer, Long> full = new TreeMap<>();
        for (Map<Integer, DataStream> streams : open.values()) {
            for (DataStream stream : streams.values()) {
                if (stream.isReady()) {
                    hasTakenAll(stream);
                } else {
                    full.merge(stream.worker(), fullSinceNanos.computeIfAbsent(stream, first -> nowNanos), Math::min);
                }
            }
        }
        return full;
    }

    void closeAll(Status status) {
        waiting.clear();
        fullSinceNanos.clear();
        untakenBytes.clear();
        for (Map<Integer, DataStream> streams : open.values()) {
            streams.values().forEach(stream -> stream.close(status));
            streams.clear();
        }
    }
}
