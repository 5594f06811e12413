package io.syncbn.deploy.chaos;

/**
 * Something that goes wrong, once. Its text is a line of a list of faults.
 *
 * @param target {@code coordinator}, a worker's name, or {@link #ALL}
 * @param way in which a link is disturbed
 * @param amount of a delay, in milliseconds, or of a throttled link, in bytes a second; else 0
 * @param millis how long it lasts; 0 for what happens at once
 */
public record Fault(Trigger moment, FaultKind verb, String target, LinkDirection way, long amount, long millis) {
    /** The coordinator and all workers. */
    static final String ALL = "all";

    static final int BYTES_PER_KILOBYTE = 1000;

    /** What happens, without when. */
    String words() {
        StringBuilder words = new StringBuilder(verb + " " + target + way.words());
        if (verb.takes(FaultKind.Part.BY)) {
            words.append(" by ").append(Durations.text(amount));
        }
        if (verb.takes(FaultKind.Part.TO)) {
            words.append(" to ").append(amount / BYTES_PER_KILOBYTE).append(" KB/s");
        }
        if (verb.takes(FaultKind.Part.FOR)) {
            words.append(" for ").append(Durations.text(millis));
        }
        return words.toString();
    }

    @Override
    public String toString() {
        return moment + ": " + words();
    }
}
