package io.syncbn.deploy.launch;

/**
 * Detects that workers which fail alone fail for the same reason, repeatedly and without a step in between: then no
 * other will do better. The coordinator detects this for workers that have joined; this is for those that fail before.
 * Decides; does nothing.
 */
final class RepeatedFault {
    private static final int MOST_IN_A_ROW = 3;

    private String reason = "";
    private long progress;
    private int inARow;

    /**
     * Whether there is no point in starting another one.
     *
     * @param why it failed
     * @param far the job's progress, in any measure
     */
    boolean isHopeless(String why, long far) {
        inARow = why.equals(reason) && far == progress ? inARow + 1 : 1;
        reason = why;
        progress = far;
        return inARow >= MOST_IN_A_ROW;
    }
}
