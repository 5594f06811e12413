package io.syncbn.deploy.simulation;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.syncbn.coordinator.journal.Journal;
import io.syncbn.coordinator.membership.Effect;
import io.syncbn.coordinator.membership.Recovered;
import io.syncbn.coordinator.membership.Rules;
import io.syncbn.coordinator.service.Coordinator;
import io.syncbn.coordinator.service.CoordinatorMetrics;
import io.syncbn.coordinator.service.Spectator;
import java.util.List;

/** One process of the coordinator: the product's, with a log that outlives it. */
final class SimulatedCoordinator {
    private static final long TICK_NANOS = World.millis(100);

    private final World world;
    private final Process process = new Process();
    private final Coordinator coordinator;

    /** @param log what earlier ones have noted */
    SimulatedCoordinator(World world, Rules rules, int groupSize, List<Effect.Note> log, Journal journal) {
        this.world = world;
        coordinator = new Coordinator(
                rules,
                groupSize,
                Recovered.from(log),
                world::nowNanos,
                new CoordinatorMetrics(new SimpleMeterRegistry()),
                journal,
                Spectator.NONE);
        tick();
    }

    private void tick() {
        if (process.isAlive() && !coordinator.end().isDone()) {
            world.after(
                    TICK_NANOS,
                    () -> process.run(() -> {
                        coordinator.tick();
                        tick();
                    }));
        }
    }

    Coordinator coordinator() {
        return coordinator;
    }

    Process process() {
        return process;
    }
}
