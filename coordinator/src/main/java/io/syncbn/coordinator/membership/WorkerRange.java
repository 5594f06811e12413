package io.syncbn.coordinator.membership;

/**
 * With how many workers a job goes on.
 *
 * @param least fewest that a generation has
 * @param most most that a generation has, at most as many as there are shards
 */
public record WorkerRange(int least, int most) {

    /** So many of how many workers, in words. */
    String count(int workers) {
        return (workers == 0 ? "none" : workers) + " of " + most + " workers"
                + (least == most ? "" : " (" + least + (least == 1 ? " is" : " are") + " enough)");
    }
}
