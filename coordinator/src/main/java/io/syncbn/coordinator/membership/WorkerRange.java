package io.syncbn.coordinator.membership;

/**
 * How many workers a job runs with.
 *
 * @param least fewest workers of a generation
 * @param most most workers of a generation, at most the number of shards
 */
public record WorkerRange(int least, int most) {

    /** As in "2 of 3 workers", for messages. */
    String count(int workers) {
        return (workers == 0 ? "none" : workers) + " of " + most + " workers"
                + (least == most ? "" : " (" + least + (least == 1 ? " is" : " are") + " enough)");
    }
}
