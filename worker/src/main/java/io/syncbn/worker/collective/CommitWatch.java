package io.syncbn.worker.collective;

import java.util.Optional;

/** The last committed step, as the coordinator says, or why there will be no more. Thread-safe. */
final class CommitWatch {
    private long step;
    private String failure;

    synchronized void begin(long atStep) {
        step = Math.max(step, atStep);
    }

    synchronized void committed(long upToStep) {
        step = Math.max(step, upToStep);
        notifyAll();
    }

    /** The first reason stays. */
    synchronized void fail(String reason) {
        if (failure == null) {
            failure = reason;
        }
        notifyAll();
    }

    synchronized long step() {
        return step;
    }

    synchronized Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    synchronized void await(long wanted) {
        while (step < wanted) {
            if (failure != null) {
                throw new JobFailedException(failure);
            }
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new JobFailedException("interrupted while waiting for step " + wanted);
            }
        }
    }
}
