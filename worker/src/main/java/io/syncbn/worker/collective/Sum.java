package io.syncbn.worker.collective;

/** A sum that is under way. */
public interface Sum<T> {

    /**
     * Waits for the sum.
     *
     * @return the same array for all shards of a process, not to be changed
     * @throws AbandonedException if it cannot come any more
     */
    T await();
}
