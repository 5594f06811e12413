package io.syncbn.proto.net;

import io.netty.channel.Channel;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Connections of which there may be so many: one more takes the place of the oldest, so that nobody can keep others out by
 * holding connections. Belongs to the event loop that all of them are on.
 */
final class Crowd {
    private final int most;
    private final Set<Channel> channels = new LinkedHashSet<>();

    Crowd(int most) {
        this.most = most;
    }

    void add(Channel channel) {
        channels.add(channel);
        channel.closeFuture().addListener(closed -> channels.remove(channel));
        if (channels.size() > most) {
            channels.iterator().next().close();
        }
    }
}
