package io.syncbn.deploy.view;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * A series of bounded, even length: when it is full, each two neighbours become one. A point of several steps has their mean,
 * least and most, so that no peak is lost. Not thread-safe.
 */
final class Thinned {
    /** Two for each pixel of a wide screen would be more than one can see. */
    static final int MOST_POINTS = 800;

    private final int mostPoints;
    private final List<Point> points = new ArrayList<>();
    private int stepsAPoint = 1;

    /**
     * Consecutive steps.
     *
     * @param last number of the last one
     * @param count how many have a value
     * @param sum of their values
     */
    record Point(long last, int count, double sum, double least, double most) {

        /** Some steps with a value in common. */
        static Point of(long last, int count, double mean, double least, double most) {
            return new Point(last, count, mean * count, least, most);
        }

        double mean() {
            return sum / count;
        }

        private Point with(Point next) {
            return new Point(
                    next.last,
                    count + next.count,
                    sum + next.sum,
                    Math.min(least, next.least),
                    Math.max(most, next.most));
        }
    }

    Thinned() {
        this(MOST_POINTS);
    }

    private Thinned(int mostPoints) {
        this.mostPoints = mostPoints;
    }

    /** The same in fewer points; itself if it has no more. */
    Thinned thinnedTo(int most) {
        if (points.size() <= most) {
            return this;
        }
        Thinned thinned = new Thinned(most);
        points.forEach(thinned::add);
        return thinned;
    }

    /** Adds a value of one step. */
    void add(long step, double value) {
        add(Point.of(step, 1, value, value, value));
    }

    /** Adds later steps. Values that are no numbers are left out: a line has a gap there. */
    void add(Point point) {
        if (point.count() == 0 || !Double.isFinite(point.sum())) {
            return;
        }
        int last = points.size() - 1;
        if (last >= 0 && points.get(last).count() < stepsAPoint) {
            points.set(last, points.get(last).with(point));
            return;
        }
        if (points.size() == mostPoints) {
            List<Point> halved = new ArrayList<>();
            for (int i = 0; i < mostPoints; i += 2) {
                halved.add(points.get(i).with(points.get(i + 1)));
            }
            points.clear();
            points.addAll(halved);
            stepsAPoint *= 2;
        }
        points.add(point);
    }

    List<Point> points() {
        return List.copyOf(points);
    }

    /** The mean over about the last so many steps; NaN without any. */
    double recentMean(int steps) {
        double sum = 0;
        int count = 0;
        for (int i = points.size() - 1; i >= 0 && count < steps; i--) {
            sum += points.get(i).sum();
            count += points.get(i).count();
        }
        return sum / count;
    }

    /** One number of each point. */
    double[] each(ToDoubleFunction<Point> number) {
        return points.stream().mapToDouble(number).toArray();
    }
}
