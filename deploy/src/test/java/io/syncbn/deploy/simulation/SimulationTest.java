package io.syncbn.deploy.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/**
 * Many jobs under faults, each from a seed. {@code -Dsimulation.seeds=N} for another number of them, {@code
 * -Dsimulation.seed=S} to replay one and print what happened.
 */
class SimulationTest {
    private static final Logger COORDINATOR = Logger.getLogger("io.syncbn.coordinator");

    @Test
    void everyJobEndsWithTheBitsOfTheUndisturbedOne() {
        COORDINATOR.setLevel(Level.OFF);
        try {
            Long one = Long.getLong("simulation.seed");
            if (one != null) {
                replay(one);
                return;
            }
            long seeds = Long.getLong("simulation.seeds", 1000);
            long faults = 0;
            long generations = 0;
            long again = 0;
            long backups = 0;
            long overtaken = 0;
            long restores = 0;
            for (long seed = 1; seed <= seeds; seed++) {
                Simulation simulation = new Simulation(seed);
                try {
                    Simulation.Report report = simulation.run();
                    faults += report.faults();
                    generations += report.generations();
                    again += report.stepsDoneAgain();
                    backups += report.backups();
                    overtaken += report.stepsTakenFromOthers();
                    restores += report.restores();
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError("replay it with -Dsimulation.seed=" + seed + ": " + e.getMessage(), e);
                }
            }
            System.out.println(seeds + " seeds, " + faults + " faults, " + generations + " generations, " + again
                    + " steps done again, " + backups + " backups begun or ended, " + overtaken
                    + " steps taken from others, " + restores + " times back to a checkpoint");
            assertThat(restores).isGreaterThan(seeds / 50);
            assertThat(backups).isGreaterThan(seeds / 10);
            assertThat(overtaken).isGreaterThan(seeds);
            assertThat(faults).as("faults that fired").isGreaterThan(2 * seeds);
            assertThat(generations).isGreaterThan(2 * seeds);
        } finally {
            COORDINATOR.setLevel(null);
        }
    }

    private static void replay(long seed) {
        Simulation simulation = new Simulation(seed);
        try {
            System.out.println(simulation.run());
        } finally {
            simulation.story().forEach(System.out::println);
        }
    }
}
