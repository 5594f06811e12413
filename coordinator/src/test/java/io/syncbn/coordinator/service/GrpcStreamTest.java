package io.syncbn.coordinator.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.syncbn.proto.v1.ControlGrpc;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.ToWorker;
import java.util.List;
import org.junit.jupiter.api.Test;

class GrpcStreamTest {
    private int hangUps;

    @Test
    void aFaultOfACallEndsItsConnectionAndNothingElse() {
        for (Throwable fault : List.of(
                new IllegalStateException("call already closed"), new OutOfMemoryError("no more direct memory"))) {
            hangUps = 0;
            GrpcStream<ToWorker> stream = new GrpcStream<>(new FaultyCall(fault), () -> hangUps++);
            stream.send(ToWorker.getDefaultInstance());
            stream.send(ToWorker.getDefaultInstance());
            stream.receiveNext();
            stream.close(Status.OK);
            assertThat(hangUps).isEqualTo(1);
        }
    }

    private static final class FaultyCall extends ServerCall<FromWorker, ToWorker> {
        private final Throwable fault;

        FaultyCall(Throwable fault) {
            this.fault = fault;
        }

        private void fail() {
            if (fault instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) fault;
        }

        @Override
        public void request(int messages) {
            fail();
        }

        @Override
        public void sendHeaders(Metadata headers) {
            fail();
        }

        @Override
        public void sendMessage(ToWorker message) {
            fail();
        }

        @Override
        public void close(Status status, Metadata trailers) {
            fail();
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<FromWorker, ToWorker> getMethodDescriptor() {
            return ControlGrpc.getAttendMethod();
        }
    }
}
