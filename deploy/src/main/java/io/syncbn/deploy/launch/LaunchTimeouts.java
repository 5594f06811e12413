package io.syncbn.deploy.launch;

import java.time.Duration;

/**
 * How long a launcher waits.
 *
 * @param tick between looks at everything
 * @param listen for the coordinator's address: a cold JVM on a busy machine needs several seconds
 * @param terminate for children that were asked to end
 * @param backoff before a killed worker is started again
 */
public record LaunchTimeouts(
        Duration tick,
        Duration listen,
        AfterFailure afterFailure,
        AfterEnd afterEnd,
        Duration terminate,
        Restarts.Backoff backoff) {

    public static final LaunchTimeouts DEFAULT = new LaunchTimeouts(
            Duration.ofMillis(100),
            Duration.ofSeconds(60),
            new AfterFailure(Duration.ofMillis(500), Duration.ofSeconds(8)),
            new AfterEnd(Duration.ofSeconds(10), Duration.ofSeconds(60)),
            Duration.ofSeconds(5),
            new Restarts.Backoff(Duration.ofMillis(200), Duration.ofSeconds(5)));

    /**
     * After a process has failed.
     *
     * @param settle for an end that is nearer to the cause
     * @param teller after a worker was told of a failure, for the coordinator that told it, which drains its streams
     *     first
     */
    public record AfterFailure(Duration settle, Duration teller) {}

    /**
     * After the coordinator's end.
     *
     * @param leave for workers that it has told to end too; one that has never reached it cannot know
     * @param result for the result: one of these workers writes it, and a disk may be slow
     */
    public record AfterEnd(Duration leave, Duration result) {}

    public LaunchTimeouts withTick(Duration other) {
        return new LaunchTimeouts(other, listen, afterFailure, afterEnd, terminate, backoff);
    }
}
