package io.syncbn.deploy.bench;

import java.util.List;

/**
 * The straight line through points that leaves the least sum of squares.
 *
 * @param intercept y at x = 0
 * @param slope growth of y with x
 * @param fit R², the part of y's variance that the line explains; 1 where y does not vary
 */
record Line(double intercept, double slope, double fit) {

    record Point(double x, double y) {}

    /** @param points at least two different x */
    static Line through(List<Point> points) {
        double meanX = points.stream().mapToDouble(Point::x).average().orElseThrow();
        double meanY = points.stream().mapToDouble(Point::y).average().orElseThrow();
        double xx = 0;
        double xy = 0;
        double yy = 0;
        for (Point point : points) {
            double x = point.x - meanX;
            double y = point.y - meanY;
            xx += x * x;
            xy += x * y;
            yy += y * y;
        }
        if (xx == 0) {
            throw new IllegalArgumentException("a line needs two different x, not " + points);
        }
        double slope = xy / xx;
        return new Line(meanY - slope * meanX, slope, yy == 0 ? 1 : xy * xy / (xx * yy));
    }
}
