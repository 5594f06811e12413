package io.syncbn.coordinator.service;

import io.grpc.Status;
import io.syncbn.proto.sums.StreamKind;
import io.syncbn.proto.v1.ToWorker;
import io.syncbn.proto.wire.DataFrame;
import java.util.ArrayList;
import java.util.List;

/** Streams without a network: keep what was sent. */
final class FakeStreams {
    private FakeStreams() {}

    static final class Control implements ControlStream {
        final List<ToWorker> sent = new ArrayList<>();
        boolean hasEnded;
        boolean breaks;
        private final long connection;

        Control(long connection) {
            this.connection = connection;
        }

        @Override
        public long connection() {
            return connection;
        }

        @Override
        public void send(ToWorker message) {
            if (breaks) {
                throw new IllegalStateException("call already closed");
            }
            sent.add(message);
        }

        @Override
        public void end() {
            hasEnded = true;
        }

        ToWorker last() {
            return sent.get(sent.size() - 1);
        }
    }

    static final class Data implements DataStream {
        final List<DataFrame> sent = new ArrayList<>();
        Status status;
        int asked;
        boolean isFull;
        private final StreamKind kind;
        private final long generation;
        private final int worker;

        Data(StreamKind kind, long generation, int worker) {
            this.kind = kind;
            this.generation = generation;
            this.worker = worker;
        }

        @Override
        public StreamKind kind() {
            return kind;
        }

        @Override
        public long generation() {
            return generation;
        }

        @Override
        public int worker() {
            return worker;
        }

        @Override
        public void send(DataFrame frame) {
            sent.add(frame);
        }

        @Override
        public boolean isReady() {
            return !isFull;
        }

        @Override
        public void receiveNext() {
            asked++;
        }

        @Override
        public void close(Status reason) {
            if (status == null) {
                status = reason;
            }
        }
    }
}
