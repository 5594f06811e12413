package io.syncbn.proto.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Uses connections without a network, whose clock the test sets. */
class GuestsTest {
    private static final int MOST = 3;
    private static final int A_FEW_BYTES = 16 * 1024;

    private final List<String> turnedAway = new ArrayList<>();
    private final Guests guests = new Guests(MOST, turnedAway::add);

    private final class Connection {
        private final EmbeddedChannel channel = new EmbeddedChannel();
        private final Guest guest = new Guest(channel, guests);

        private Connection() {
            channel.freezeTime();
            channel.pipeline().addLast(guest);
            guest.channelActive(channel.pipeline().context(guest));
        }

        private void receives(int bytes) {
            channel.writeInbound(Unpooled.buffer(bytes).writeZero(bytes));
        }

        private void waits(long seconds) {
            channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
            channel.runScheduledPendingTasks();
        }

        private boolean isOpen() {
            return channel.isOpen();
        }
    }

    @Test
    void aGuestMaySendALittle() {
        Connection connection = new Connection();
        connection.receives(A_FEW_BYTES);
        assertThat(connection.isOpen()).isTrue();
        connection.receives(1);
        assertThat(connection.isOpen()).isFalse();
        assertThat(turnedAway).singleElement().asString().contains("sent more than a worker that introduces itself");
    }

    @Test
    void aGuestMayStayALittle() {
        Connection connection = new Connection();
        connection.waits(29);
        assertThat(connection.isOpen()).isTrue();
        connection.waits(1);
        assertThat(connection.isOpen()).isFalse();
        assertThat(turnedAway).singleElement().asString().contains("nobody introduced himself within 30 s");
    }

    @Test
    void whoIsVouchedForSendsAndStaysAsItLikes() {
        Connection connection = new Connection();
        connection.guest.vouch();
        connection.receives(10 * A_FEW_BYTES);
        connection.waits(1000);
        assertThat(connection.isOpen()).isTrue();
        connection.guest.vouchNoMore();
        connection.waits(30);
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void oneMoreTakesThePlaceOfTheOldest() {
        List<Connection> connections = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            connections.add(new Connection());
        }
        connections.get(1).guest.vouch();
        connections.add(new Connection());
        assertThat(connections).allMatch(Connection::isOpen);
        connections.add(new Connection());
        assertThat(connections)
                .filteredOn(Connection::isOpen)
                .containsExactlyElementsOf(connections.subList(1, MOST + 2));
        assertThat(turnedAway).singleElement().asString().contains("newer ones needed its place");
    }
}
