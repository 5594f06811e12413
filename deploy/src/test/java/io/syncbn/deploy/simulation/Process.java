package io.syncbn.deploy.simulation;

import java.util.ArrayList;
import java.util.List;

/** Something that runs, until it is killed, and may be stopped and continued: what comes meanwhile waits. */
final class Process {
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean isDead;
    private boolean isStopped;

    void run(Runnable work) {
        if (isDead) {
            return;
        }
        if (isStopped) {
            waiting.add(work);
        } else {
            work.run();
        }
    }

    void kill() {
        isDead = true;
        waiting.clear();
    }

    boolean isAlive() {
        return !isDead;
    }

    void stop() {
        isStopped = true;
    }

    void goOn() {
        isStopped = false;
        List<Runnable> due = List.copyOf(waiting);
        waiting.clear();
        due.forEach(this::run);
    }
}
