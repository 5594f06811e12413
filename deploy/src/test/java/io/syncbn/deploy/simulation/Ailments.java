package io.syncbn.deploy.simulation;

/** What is wrong with a worker's process, or with its machine, for a time or for good. */
final class Ailments {
    private final World world;
    private double slowness = 1;
    private long diskStallsUntilNanos;
    private boolean isDoomed;
    private boolean hangsInPrepare;

    Ailments(World world) {
        this.world = world;
    }

    void slowDown(double factor, long nanos) {
        slowness = factor;
        world.after(nanos, () -> slowness = 1);
    }

    double slowness() {
        return slowness;
    }

    /** What it reads or writes takes until then. */
    void stallDisk(long nanos) {
        diskStallsUntilNanos = world.nowNanos() + nanos;
    }

    /** How long something takes that needs the disk. */
    long diskNanos(long nanos) {
        return Math.max(nanos, diskStallsUntilNanos - world.nowNanos());
    }

    /** It is about to fail alone, and the job to go on without it: nobody may count on its replica. */
    void doom() {
        isDoomed = true;
    }

    boolean isDoomed() {
        return isDoomed;
    }

    /** The next time that it is dealt shards, if the job can do without it then. */
    void hangInNextPrepare() {
        isDoomed = true;
        hangsInPrepare = true;
    }

    boolean hangsInPrepare() {
        return hangsInPrepare;
    }
}
