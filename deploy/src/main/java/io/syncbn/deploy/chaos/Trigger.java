package io.syncbn.deploy.chaos;

/**
 * When a fault is due: after a committed step, or some time after the first one.
 *
 * @param step −1 if it goes by time
 * @param millis since the first commit; 0 if it goes by steps
 */
public record Trigger(long step, long millis) {

    static Trigger atStep(long step) {
        return new Trigger(step, 0);
    }

    static Trigger afterMillis(long millis) {
        return new Trigger(-1, millis);
    }

    private boolean isStep() {
        return step >= 0;
    }

    /**
     * Whether the fault is due.
     *
     * @param committedStep of the job
     * @param trainingMillis since the first commit; negative if there was none
     */
    boolean isPast(long committedStep, long trainingMillis) {
        return isStep() ? committedStep >= step : trainingMillis >= millis;
    }

    @Override
    public String toString() {
        return isStep() ? "at step " + step : "after " + Durations.text(millis);
    }
}
