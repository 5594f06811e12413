package io.syncbn.deploy.view;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.syncbn.proto.v1.CurvePoint;
import io.syncbn.proto.v1.Report;
import io.syncbn.proto.v1.Scores;
import io.syncbn.proto.v1.StepTimes;

/**
 * A worker's report as a line of workers.jsonl. Times are in microseconds; of a step, they are [load, compute, moments,
 * gradients, commit, update], and waits for moments by normalization layer, forward and backward:
 *
 * <pre>
 * {"millis":1760000000000,"worker":"worker-0","generation":1,"step":40,"steps":20,"times":[…],"forward":[…],"backward":[…],
 *  "sample":{"step":32,"age":190000,"times":[…],"forward":[…],"backward":[…]},
 *  "curve":[[first step, last step, mean loss, least, most, accuracy, learning rate, epoch, skipped, gradient square, variance]],
 *  "scores":[{"step":40,"epoch":0.5,"ways":{"running":[loss, accuracy]}}],
 *  "layers":{"first":0,"names":["bn1"]},"layersAWait":1,"digests":[[40,"…"]],"failedWrites":0}
 * </pre>
 */
final class ReportLine {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ReportLine() {}

    /** @param millis wall clock, for people */
    static ObjectNode of(long millis, String worker, long generation, Report report) {
        ObjectNode line = JSON.createObjectNode()
                .put("millis", millis)
                .put("worker", worker)
                .put("generation", generation)
                .put("step", report.getLastStep())
                .put("steps", report.getSteps());
        if (report.getSteps() > 0) {
            put(line, report.getSums());
            ObjectNode sample = line.putObject("sample")
                    .put("step", report.getSample().getStep())
                    .put("age", report.getSample().getAge());
            put(sample, report.getSample().getTimes());
        }
        if (report.getCurveCount() > 0) {
            ArrayNode curve = line.putArray("curve");
            report.getCurveList().forEach(point -> put(curve.addArray(), point));
        }
        if (report.getScoresCount() > 0) {
            ArrayNode scores = line.putArray("scores");
            report.getScoresList().forEach(each -> put(scores.addObject(), each));
        }
        if (report.getLayersCount() > 0) {
            ArrayNode names = line.putObject("layers")
                    .put("first", report.getFirstLayer())
                    .putArray("names");
            report.getLayersList().forEach(names::add);
        }
        line.put("layersAWait", report.getLayersAWait());
        if (report.getDigestsCount() > 0) {
            ArrayNode digests = line.putArray("digests");
            report.getDigestsList()
                    .forEach(digest -> digests.addArray().add(digest.getStep()).add(digest.getDigest()));
        }
        return line.put("failedWrites", report.getFailedWrites());
    }

    /** A digest that the coordinator has compared with others'. */
    static ObjectNode ofDigest(long millis, String worker, long step, String digest) {
        ObjectNode line = JSON.createObjectNode().put("millis", millis).put("worker", worker);
        line.putArray("digests").addArray().add(step).add(digest);
        return line;
    }

    private static void put(ObjectNode json, StepTimes times) {
        json.putArray("times")
                .add(times.getLoad())
                .add(times.getCompute())
                .add(times.getMoments())
                .add(times.getGradients())
                .add(times.getCommit())
                .add(times.getUpdate());
        ArrayNode forward = json.putArray("forward");
        times.getForwardWaitsList().forEach(forward::add);
        ArrayNode backward = json.putArray("backward");
        times.getBackwardWaitsList().forEach(backward::add);
    }

    private static void put(ArrayNode json, CurvePoint point) {
        json.add(point.getFirstStep()).add(point.getLastStep());
        Numbers.put(
                json,
                point.getMeanLoss(),
                point.getLeastLoss(),
                point.getMostLoss(),
                point.getAccuracy(),
                point.getLearningRate(),
                point.getEpoch(),
                point.getSkipped(),
                point.getGradientSquare(),
                point.getGradientVariance());
    }

    private static void put(ObjectNode json, Scores scores) {
        json.put("step", scores.getStep()).put("epoch", scores.getEpoch());
        ObjectNode ways = json.putObject("ways");
        for (int i = 0; i < scores.getWaysCount(); i++) {
            Numbers.put(ways.putArray(scores.getWays(i)), scores.getLosses(i), scores.getAccuracies(i));
        }
    }
}
