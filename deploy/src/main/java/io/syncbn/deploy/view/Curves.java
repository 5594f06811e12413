package io.syncbn.deploy.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.syncbn.deploy.view.Thinned.Point;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the steps of a run gave, and what evaluations did. Not thread-safe. */
final class Curves {
    private static final int RECENT_STEPS = 50;
    private static final String LOSS = "loss";

    private final Map<String, Thinned> steps = new LinkedHashMap<>();
    private final Map<String, EvaluationSeries> evaluations = new LinkedHashMap<>();
    private long lastStep;
    private double lastEpoch;
    private long lastEvaluation = -1;
    private long skipped;
    /** Of all but the loss, reports have only means of several steps. */
    private boolean hasReports;

    /** The evaluations in one way. */
    private static final class EvaluationSeries {
        private final Thinned loss = new Thinned();
        private final Thinned accuracy = new Thinned();
    }

    Curves() {
        for (String name : List.of(
                LOSS,
                "accuracy",
                "learningRate",
                "stepMillis",
                "imagesPerSecond",
                "gradientSquare",
                "gradientVariance")) {
            steps.put(name, new Thinned());
        }
    }

    long lastStep() {
        return lastStep;
    }

    double lastEpoch() {
        return lastEpoch;
    }

    long skipped() {
        return skipped;
    }

    double recent(String name) {
        return steps.get(name).recentMean(RECENT_STEPS);
    }

    /**
     * A line of metrics.jsonl. A step that comes again, after the job has gone back to a checkpoint, gave the same.
     */
    void line(JsonNode line) {
        long step = line.path("step").asLong();
        if (line.has("testLoss")) {
            for (String way : List.of("running", "precise", "batch", "ema")) {
                String prefix = way.equals("running") ? "test" : way + "Test";
                if (line.has(prefix + "Loss")) {
                    evaluated(step, way, number(line, prefix + "Loss"), number(line, prefix + "Accuracy"));
                }
            }
            lastEvaluation = Math.max(lastEvaluation, step);
        } else if (step > lastStep) {
            lastStep = step;
            lastEpoch = number(line, "epoch");
            if (line.path("skipped").asBoolean()) {
                skipped++;
            } else {
                List.of(LOSS, "accuracy", "gradientSquare", "gradientVariance")
                        .forEach(name -> steps.get(name).add(step, number(line, name)));
            }
            steps.get("learningRate").add(step, number(line, "learningRate"));
            took(step, 1, number(line, "stepMillis"), number(line, "examples"));
        }
    }

    private static double number(JsonNode line, String name) {
        return line.path(name).asDouble(Double.NaN);
    }

    private void took(long step, int count, double millis, double examples) {
        steps.get("stepMillis").add(Point.of(step, count, millis, millis, millis));
        double rate = 1000 * examples / millis;
        steps.get("imagesPerSecond").add(Point.of(step, count, rate, rate, rate));
    }

    /** A point of a worker's report: {@link ReportLine}. */
    void point(JsonNode point, double stepMillis, double examples) {
        long first = point.path(0).asLong();
        long last = point.path(1).asLong();
        if (first <= lastStep) {
            return;
        }
        hasReports = true;
        lastStep = last;
        lastEpoch = point.path(7).asDouble();
        int left = point.path(8).asInt();
        int count = (int) (last - first + 1) - left;
        skipped += left;
        steps.get(LOSS)
                .add(Point.of(
                        last,
                        count,
                        point.path(2).asDouble(Double.NaN),
                        point.path(3).asDouble(),
                        point.path(4).asDouble()));
        add("accuracy", last, count, point.path(5));
        add("learningRate", last, count + left, point.path(6));
        add("gradientSquare", last, count, point.path(9));
        add("gradientVariance", last, count, point.path(10));
        took(last, count + left, stepMillis, examples);
    }

    private void add(String name, long last, int count, JsonNode value) {
        double mean = value.asDouble(Double.NaN);
        steps.get(name).add(Point.of(last, count, mean, mean, mean));
    }

    /** An evaluation of a worker's report. */
    void scores(JsonNode scores) {
        long step = scores.path("step").asLong();
        if (step > lastEvaluation) {
            for (Map.Entry<String, JsonNode> way : scores.path("ways").properties()) {
                evaluated(
                        step,
                        way.getKey(),
                        way.getValue().path(0).asDouble(Double.NaN),
                        way.getValue().path(1).asDouble(Double.NaN));
            }
            lastEvaluation = step;
        }
    }

    private void evaluated(long step, String way, double loss, double accuracy) {
        if (step > lastEvaluation) {
            EvaluationSeries series = evaluations.computeIfAbsent(way, name -> new EvaluationSeries());
            series.loss.add(step, loss);
            series.accuracy.add(step, accuracy);
        }
    }

    void write(ObjectNode json) {
        ObjectNode curves = json.putObject("curves");
        steps.forEach((name, series) -> write(curves.putObject(name), series, !hasReports || name.equals(LOSS)));
        ObjectNode ways = json.putObject("evaluations");
        evaluations.forEach((way, series) -> {
            ObjectNode of = ways.putObject(way);
            write(of.putObject(LOSS), series.loss, true);
            write(of.putObject("accuracy"), series.accuracy, true);
        });
    }

    /** @param knowsExtremes whether points have the least and the most of their steps */
    private static void write(ObjectNode json, Thinned series, boolean knowsExtremes) {
        ArrayNode steps = json.putArray("step");
        series.points().forEach(point -> steps.add(point.last()));
        Numbers.put(json.putArray("mean"), series.each(Point::mean));
        boolean isThinned = series.points().stream().anyMatch(point -> point.count() > 1);
        if (isThinned && knowsExtremes) {
            Numbers.put(json.putArray("least"), series.each(Point::least));
            Numbers.put(json.putArray("most"), series.each(Point::most));
        }
    }
}
