package io.syncbn.deploy.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.channel.EventLoopGroup;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A link between plain sockets. */
@Timeout(300)
class LinkTest {
    /** Long enough to see that nothing comes. */
    private static final int SILENCE_MILLIS = 1000;

    private static final int PATIENCE_MILLIS = 20_000;

    private final EventLoopGroup loop = Transport.eventLoop("chaos-test");
    private ServerSocket server;
    private Link link;
    private Socket worker;
    private Socket coordinator;

    @BeforeEach
    void connect() throws IOException {
        server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        link = new Link(loop, new Address("127.0.0.1", server.getLocalPort()));
        worker = socket();
        coordinator = server.accept();
        coordinator.setSoTimeout(PATIENCE_MILLIS);
        // The way is open once something has come through.
        send(worker, bytes(1, 1));
        assertThat(receive(coordinator, 1)).containsExactly(1);
    }

    @AfterEach
    void close() throws IOException {
        worker.close();
        coordinator.close();
        link.close();
        server.close();
        loop.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
    }

    @Test
    void everythingComesThroughInBothDirections() throws IOException {
        byte[] much = bytes(3_000_000, 7);
        Thread sender = new Thread(() -> sendUnchecked(worker, much));
        sender.start();
        assertThat(receive(coordinator, much.length)).isEqualTo(much);
        send(coordinator, bytes(5, 9));
        assertThat(receive(worker, 5)).isEqualTo(bytes(5, 9));
    }

    @Test
    void aLinkThatIsCutOneWayHoldsWhatComesUntilItIsWhole() throws IOException {
        Condition cut = Condition.cut();
        link.impose(LinkDirection.UP, cut);
        send(worker, bytes(100, 3));
        send(coordinator, bytes(100, 4));
        assertThat(receive(worker, 100)).isEqualTo(bytes(100, 4));
        assertSilent(coordinator);

        link.lift(LinkDirection.UP, cut);
        assertThat(receive(coordinator, 100)).isEqualTo(bytes(100, 3));
    }

    @Test
    void aCutLinkIsHalfOpenWhenAWorkerDies() throws IOException {
        Condition cut = Condition.cut();
        link.impose(LinkDirection.BOTH, cut);
        worker.close();
        assertSilent(coordinator);
        link.lift(LinkDirection.BOTH, cut);
        assertThat(coordinator.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void overlappingCutsBothHaveToEnd() throws IOException {
        Condition first = Condition.cut();
        Condition second = Condition.cut();
        link.impose(LinkDirection.BOTH, first);
        link.impose(LinkDirection.UP, second);
        link.lift(LinkDirection.BOTH, first);
        send(worker, bytes(10, 3));
        assertSilent(coordinator);
        link.lift(LinkDirection.UP, second);
        assertThat(receive(coordinator, 10)).isEqualTo(bytes(10, 3));
    }

    @Test
    void aDelayKeepsOrderAndEndsLater() throws IOException {
        Condition delay = Condition.delay(200);
        link.impose(LinkDirection.UP, delay);
        long start = System.nanoTime();
        send(worker, bytes(10, 1));
        assertThat(receive(coordinator, 10)).isEqualTo(bytes(10, 1));
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(200));

        send(worker, bytes(10, 2));
        link.lift(LinkDirection.UP, delay);
        send(worker, bytes(10, 3));
        assertThat(receive(coordinator, 10)).isEqualTo(bytes(10, 2));
        assertThat(receive(coordinator, 10)).isEqualTo(bytes(10, 3));
    }

    @Test
    void aThrottledLinkTakesItsTime() throws IOException {
        Condition throttle = Condition.throttle(100_000);
        link.impose(LinkDirection.DOWN, throttle);
        byte[] bytes = bytes(50_000, 5);
        long start = System.nanoTime();
        send(coordinator, bytes);
        assertThat(receive(worker, bytes.length)).isEqualTo(bytes);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(500));
    }

    @Test
    void oneByteOfOneLargePieceIsChanged() throws IOException {
        link.corruptNext(LinkDirection.UP);
        send(worker, bytes(TrafficShaper.LEAST_DAMAGED_BYTES - 1, 5));
        assertThat(receive(coordinator, TrafficShaper.LEAST_DAMAGED_BYTES - 1)).containsOnly(5);
        send(worker, bytes(TrafficShaper.LEAST_DAMAGED_BYTES, 5));
        byte[] received = receive(coordinator, TrafficShaper.LEAST_DAMAGED_BYTES);
        assertThat(received[received.length / 2]).isEqualTo((byte) 4);
        received[received.length / 2] = 5;
        assertThat(received).containsOnly(5);
        send(worker, bytes(TrafficShaper.LEAST_DAMAGED_BYTES, 6));
        assertThat(receive(coordinator, TrafficShaper.LEAST_DAMAGED_BYTES)).containsOnly(6);
    }

    @Test
    void oneLargePieceIsSwallowedAndWhatFollowsIsNot() throws IOException {
        link.dropNext(LinkDirection.DOWN);
        send(coordinator, bytes(TrafficShaper.LEAST_DAMAGED_BYTES, 5));
        assertSilent(worker);
        send(coordinator, bytes(10, 6));
        assertThat(receive(worker, 10)).containsOnly(6);
    }

    @Test
    void eitherEndsCloseIsTheOthers() throws IOException {
        send(worker, bytes(10, 1));
        worker.close();
        assertThat(receive(coordinator, 10)).containsOnly(1);
        assertThat(coordinator.getInputStream().read()).isEqualTo(-1);

        try (Socket second = socket();
                Socket accepted = server.accept()) {
            accepted.close();
            assertThat(second.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aResetEndsOldConnectionsAndNotNewOnes() throws IOException {
        link.reset();
        assertThat(worker.getInputStream().read()).isEqualTo(-1);
        assertThat(coordinator.getInputStream().read()).isEqualTo(-1);
        try (Socket second = socket();
                Socket accepted = server.accept()) {
            send(second, bytes(10, 1));
            assertThat(receive(accepted, 10)).containsOnly(1);
        }
    }

    @Test
    void withoutACoordinatorAConnectionEnds() throws IOException {
        server.close();
        try (Socket second = socket()) {
            assertThat(second.getInputStream().read()).isEqualTo(-1);
        }
    }

    private Socket socket() throws IOException {
        Socket socket = new Socket(link.address().host(), link.address().port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private static void assertSilent(Socket socket) throws IOException {
        socket.setSoTimeout(SILENCE_MILLIS);
        assertThatExceptionOfType(SocketTimeoutException.class)
                .isThrownBy(() -> socket.getInputStream().read());
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    private static byte[] bytes(int count, int value) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static void send(Socket socket, byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    private static void sendUnchecked(Socket socket, byte[] bytes) {
        try {
            send(socket, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] receive(Socket socket, int count) throws IOException {
        byte[] received = socket.getInputStream().readNBytes(count);
        assertThat(received).hasSize(count);
        return received;
    }
}
