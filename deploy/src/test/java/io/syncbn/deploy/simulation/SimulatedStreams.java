package io.syncbn.deploy.simulation;

import io.grpc.Status;
import io.syncbn.coordinator.service.ControlStream;
import io.syncbn.coordinator.service.DataStream;
import io.syncbn.proto.sums.StreamKind;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.ToWorker;
import io.syncbn.proto.wire.DataFrame;
import java.util.Optional;

/** Streams of the coordinator that run over simulated lines. */
final class SimulatedStreams {
    private SimulatedStreams() {}

    /** A control stream, both ends. */
    static final class Control implements ControlStream {
        private final SimulatedWorker worker;
        private final SimulatedCoordinator coordinator;
        private final long workersNumber;
        private final long number;
        private final Line line;

        /**
         * @param workersNumber of this connection, as the worker counts
         * @param number as the coordinator counts
         */
        Control(SimulatedWorker worker, SimulatedCoordinator coordinator, long workersNumber, long number) {
            this.worker = worker;
            this.coordinator = coordinator;
            this.workersNumber = workersNumber;
            this.number = number;
            line = new Line(
                    worker.link(),
                    true,
                    worker.process(),
                    coordinator.process(),
                    how -> worker.closed(workersNumber, Optional.of(how)),
                    () -> coordinator.coordinator().closed(this));
        }

        void open() {
            line.up(() -> coordinator.coordinator().opened(this));
            line.down(() -> worker.opened(workersNumber));
        }

        /** From the worker. */
        void send(FromWorker message) {
            line.up(() -> coordinator.coordinator().received(this, message));
        }

        void cut(String how) {
            line.cut(how);
        }

        @Override
        public long connection() {
            return number;
        }

        @Override
        public void send(ToWorker message) {
            line.down(() -> worker.received(workersNumber, message));
        }

        @Override
        public void end() {
            line.endFromCoordinator(() -> worker.closed(workersNumber, Optional.empty()));
        }
    }

    /** A data stream, both ends. */
    static final class Data implements DataStream {
        private final SimulatedWorker worker;
        private final SimulatedCoordinator coordinator;
        private final StreamKind kind;
        private final long generation;
        private final int number;
        private final Line line;

        Data(SimulatedWorker worker, SimulatedCoordinator coordinator, StreamKind kind, long generation, int number) {
            this.worker = worker;
            this.coordinator = coordinator;
            this.kind = kind;
            this.generation = generation;
            this.number = number;
            line = new Line(
                    worker.link(),
                    false,
                    worker.process(),
                    coordinator.process(),
                    how -> worker.broken(generation, kind + ": " + how),
                    () -> coordinator.coordinator().broken(this));
        }

        void open() {
            line.up(() -> coordinator.coordinator().opened(this));
        }

        /** From the worker. What comes before the stream's beginning waits for it, as it would on a real one. */
        void sendUp(DataFrame frame) {
            switch (worker.link().fate()) {
                case DROPPED -> {}
                case DAMAGED ->
                    line.up(() -> coordinator
                            .coordinator()
                            .damaged(this, Status.DATA_LOSS.withDescription("checksum of " + frame.header())));
                case DOUBLED -> {
                    line.up(() -> coordinator.coordinator().received(this, ToyStep.copy(frame)));
                    line.up(() -> coordinator.coordinator().received(this, ToyStep.copy(frame)));
                }
                case ARRIVES -> line.up(() -> coordinator.coordinator().received(this, ToyStep.copy(frame)));
            }
        }

        /** From the worker. */
        void end() {
            line.up(() -> coordinator.coordinator().ended(this));
        }

        @Override
        public void send(DataFrame frame) {
            DataFrame copy = ToyStep.copy(frame);
            switch (worker.link().fate()) {
                case DROPPED -> {}
                case DAMAGED -> line.down(() -> worker.broken(generation, "checksum of " + frame.header()));
                case DOUBLED -> {
                    line.down(() -> worker.received(copy));
                    line.down(() -> worker.received(copy));
                }
                case ARRIVES -> line.down(() -> worker.received(copy));
            }
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
            return number;
        }

        /** Lines hold any number of frames. */
        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void receiveNext() {}

        @Override
        public void close(Status status) {
            line.endFromCoordinator(() -> worker.broken(generation, kind + ": " + status.getDescription()));
        }
    }
}
