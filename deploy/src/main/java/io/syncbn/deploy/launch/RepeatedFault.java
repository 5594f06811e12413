package io.syncbn.deploy.launch;

/**
 * Whether workers that fail alone do so of the same, again and again, without a step in between: then no other will do better.
 * The coordinator judges this of those that have joined; here it is of those that do not even come so far. Decides; does
 * nothing.
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
     * @param far how far the job has come, in any measure
     */
    boolean isHopeless(String why, long far) {
        inARow = why.equals(reason) && far == progress ? inARow + 1 : 1;
        reason = why;
        progress = far;
        return inARow >= MOST_IN_A_ROW;
    }
}
