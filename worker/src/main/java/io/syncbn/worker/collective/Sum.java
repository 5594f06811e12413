package io.syncbn.worker.collective;

/** A sum in progress. */
public interface Sum<T> {

    /**
     * Waits for the sum.
     *
     * @return the same array for all shards of a process, not to be modified
     * @throws AbandonedException if it will not come
     */
    T await();
}
