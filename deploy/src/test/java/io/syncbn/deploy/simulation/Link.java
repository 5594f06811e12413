package io.syncbn.deploy.simulation;

import java.util.ArrayList;
import java.util.List;

/** All lines between one worker and the coordinator, and what is wrong with them at the moment. */
final class Link {
    private final World world;
    private final List<Line> lines = new ArrayList<>();
    private long hangsUntilNanos;
    private long downUntilNanos;
    private long noisyUntilNanos;

    Link(World world) {
        this.world = world;
    }

    World world() {
        return world;
    }

    void add(Line line) {
        lines.removeIf(old -> !old.isOpen());
        lines.add(line);
    }

    long delayNanos() {
        return world.between(World.millis(0.05), World.millis(world.nowNanos() < noisyUntilNanos ? 60 : 0.5));
    }

    long arrivalNanos() {
        return world.nowNanos() + delayNanos();
    }

    /** Nothing arrives, and nobody notices, until then. */
    void hang(long nanos) {
        hangsUntilNanos = world.nowNanos() + nanos;
    }

    boolean isHanging() {
        return world.nowNanos() < hangsUntilNanos;
    }

    long hangsUntilNanos() {
        return hangsUntilNanos;
    }

    /** All lines break, and there are no new ones until then. */
    void down(long nanos) {
        downUntilNanos = world.nowNanos() + nanos;
        cut("the link went down");
    }

    boolean isDown() {
        return world.nowNanos() < downUntilNanos;
    }

    void cut(String how) {
        List.copyOf(lines).forEach(line -> line.cut(how));
        lines.clear();
    }

    /** Frames are delayed, dropped, doubled and damaged until then. */
    void noise(long nanos) {
        noisyUntilNanos = world.nowNanos() + nanos;
    }

    /** What becomes of a frame. */
    enum Fate {
        ARRIVES,
        DROPPED,
        DOUBLED,
        DAMAGED
    }

    Fate fate() {
        if (world.nowNanos() >= noisyUntilNanos) {
            return Fate.ARRIVES;
        }
        double draw = world.random().nextDouble();
        if (draw < 0.02) {
            return Fate.DROPPED;
        }
        if (draw < 0.12) {
            return Fate.DOUBLED;
        }
        return draw < 0.14 ? Fate.DAMAGED : Fate.ARRIVES;
    }
}
