package io.syncbn.deploy.simulation;

import io.syncbn.coordinator.membership.Straggler;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Draws faults from the world's randomness and lets them happen. Each one heals, so that the job can end. */
final class Faults {
    private final Simulation simulation;
    private final World world;
    private final Random random;

    Faults(Simulation simulation, World world) {
        this.simulation = simulation;
        this.world = world;
        this.random = world.random();
    }

    private enum Kind {
        KILL_WORKER,
        KILL_COORDINATOR,
        KILL_ALL,
        STOP_WORKER,
        STOP_COORDINATOR,
        LINK_HANGS,
        LINK_DOWN,
        NOISE,
        SLOW,
        SLOW_FOR_LONG,
        JOIN,
        LEAVE,
        WORKER_FAULT,
        HUNG_PREPARE,
        STALLED_DISK,
        FLAPPING_NAME
    }

    void plan(long withinNanos) {
        int count = random.nextInt(13);
        for (int i = 0; i < count; i++) {
            Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
            world.at(world.between(0, withinNanos), () -> fire(kind));
        }
        if (simulation.rules().straggler() == Straggler.BACKUP) {
            // A worker counts as slow after ten steps, and it takes twenty until it does not any more.
            for (int i = random.nextInt(4); i > 0; i--) {
                world.at(world.between(0, withinNanos / 2), () -> fire(Kind.SLOW_FOR_LONG));
            }
        }
    }

    private void fire(Kind kind) {
        if (simulation.isJobOver()) {
            return;
        }
        long duration = world.between(World.millis(50), World.millis(random.nextBoolean() ? 1000 : 9000));
        if (kind == Kind.KILL_COORDINATOR || kind == Kind.STOP_COORDINATOR) {
            coordinator(kind, duration);
            return;
        }
        if (kind == Kind.KILL_ALL) {
            killAll(duration);
            return;
        }
        if (kind == Kind.JOIN) {
            simulation.firedFaults("a worker joins");
            simulation.startWorker(simulation.newName());
            return;
        }
        victim().ifPresent(victim -> worker(kind, victim, duration));
    }

    private Optional<SimulatedWorker> victim() {
        List<SimulatedWorker> alive = simulation.alive();
        return alive.isEmpty() ? Optional.empty() : Optional.of(alive.get(random.nextInt(alive.size())));
    }

    private void coordinator(Kind kind, long duration) {
        SimulatedCoordinator coordinator = simulation.coordinator();
        if (!coordinator.process().isAlive()) {
            return;
        }
        simulation.firedFaults(kind + " for " + duration / 1_000_000 + " ms");
        if (kind == Kind.KILL_COORDINATOR) {
            simulation.killCoordinator();
            world.after(duration, simulation::startCoordinator);
        } else {
            coordinator.process().stop();
            world.after(duration, coordinator.process()::goOn);
        }
    }

    /** Every copy of the model is lost; in half of the cases the coordinator's memory too. */
    private void killAll(long duration) {
        simulation.firedFaults(Kind.KILL_ALL + " for " + duration / 1_000_000 + " ms");
        if (random.nextBoolean() && simulation.coordinator().process().isAlive()) {
            simulation.killCoordinator();
            world.after(duration, simulation::startCoordinator);
        }
        for (SimulatedWorker victim : simulation.alive()) {
            victim.kill();
            world.after(world.between(0, duration), () -> simulation.startWorker(victim.name()));
        }
    }

    private void worker(Kind kind, SimulatedWorker victim, long duration) {
        // Whoever is about to leave does not come back once it has lost the coordinator.
        boolean takesAReplica = kind == Kind.KILL_WORKER
                || kind == Kind.LEAVE
                || kind == Kind.WORKER_FAULT
                || kind == Kind.HUNG_PREPARE
                || victim.isLeaving();
        if (takesAReplica && !simulation.hasAnotherReplica(victim)) {
            return; // a job whose last replica is gone goes on from a checkpoint, in another life
        }
        simulation.firedFaults(kind + " " + victim.name() + " for " + duration / 1_000_000 + " ms");
        switch (kind) {
            case KILL_WORKER -> {
                victim.kill();
                world.after(duration, () -> simulation.startWorker(victim.name()));
            }
            case STOP_WORKER -> {
                victim.process().stop();
                world.after(duration, victim.process()::goOn);
            }
            case LINK_HANGS -> victim.link().hang(duration);
            case LINK_DOWN -> victim.link().down(duration);
            case NOISE -> victim.link().noise(duration);
            case SLOW -> victim.ailments().slowDown(20, duration);
            case SLOW_FOR_LONG -> victim.ailments().slowDown(3 + random.nextInt(8), 10 * duration);
            case WORKER_FAULT -> {
                // Each of another kind: three of one in a row are the job's.
                victim.whenOver(() -> world.after(duration, () -> simulation.startWorker(victim.name())));
                victim.fail("fault " + random.nextLong());
            }
            case HUNG_PREPARE -> {
                victim.whenOver(() -> world.after(duration, () -> simulation.startWorker(victim.name())));
                victim.ailments().hangInNextPrepare();
            }
            case STALLED_DISK -> victim.ailments().stallDisk(duration);
            case FLAPPING_NAME -> flap(victim, 2 + random.nextInt(20));
            case LEAVE -> {
                victim.leave();
                // In its place, so that there are enough to go on.
                world.after(duration, () -> simulation.startWorker(simulation.newName()));
            }
            default -> throw new IllegalStateException("not a worker's: " + kind);
        }
    }

    /** Somebody joins by a worker's name, and goes, and the worker joins again, and so on. */
    private void flap(SimulatedWorker victim, int times) {
        if (times > 0 && victim.isAlive() && !victim.isLeaving() && !simulation.isJobOver()) {
            victim.link().cut("somebody else took its place");
            world.after(world.between(World.millis(50), World.millis(400)), () -> flap(victim, times - 1));
        }
    }
}
