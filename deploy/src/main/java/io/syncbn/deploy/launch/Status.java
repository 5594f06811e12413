package io.syncbn.deploy.launch;

import io.syncbn.proto.job.Job;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Where training stands: how far it is, and figures over its latest steps. */
final class Status {
    /** Enough steps for steady figures, few enough to follow a change. */
    private static final int WINDOW_STEPS = 50;

    private final Job.Length length;
    private final Deque<JsonLine> window = new ArrayDeque<>();

    Status(Job.Length length) {
        this.length = length;
    }

    void add(JsonLine step) {
        window.addLast(step);
        if (window.size() > WINDOW_STEPS) {
            window.removeFirst();
        }
    }

    long step() {
        return (long) window.getLast().number("step");
    }

    /** Passes over the data; a fraction. */
    double epoch() {
        return window.getLast().number("epoch");
    }

    /**
     * Steps of the whole job. How many an epoch has depends on the data; it is estimated from the epochs that the steps
     * so far have covered.
     */
    long steps() {
        return length.steps() > 0 ? length.steps() : Math.round(step() * (length.epochs() / epoch()));
    }

    /** Time to the end at the present speed. */
    Duration left() {
        return Duration.ofMillis(Math.round((steps() - step()) * sum("stepMillis") / window.size()));
    }

    /** {@code loss 0.412  accuracy 87.5 %  812 images/s  waiting 18 %}. */
    String figures() {
        double examples = sum("examples");
        return String.format(
                Locale.ROOT,
                "loss %.4g  accuracy %.1f %%  %.0f images/s  waiting %.0f %%",
                weighted("loss") / examples,
                100 * weighted("accuracy") / examples,
                1000 * examples / sum("stepMillis"),
                100 * sum("syncMillis") / sum("stepMillis"));
    }

    private double sum(String name) {
        return sum(metrics -> metrics.number(name));
    }

    /** Means of steps are weighted by their examples: the last step of an epoch may have fewer. */
    private double weighted(String name) {
        return sum(metrics -> metrics.number(name) * metrics.number("examples"));
    }

    private double sum(ToDoubleFunction<JsonLine> value) {
        return window.stream().mapToDouble(value).sum();
    }
}
