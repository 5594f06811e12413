package io.syncbn.deploy.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.syncbn.proto.job.Job;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The line of the step benchmark, from the metrics of a run. */
public final class StepResult {
    /** Parts of a step's time; each is a field in metrics.jsonl, with "Millis" appended. */
    static final List<String> PARTS = List.of("load", "compute", "moments", "gradients", "commit", "update");

    private static final int LEFT_OUT_PART = 5;
    /** Steps of 8 examples until the JVMs have compiled nearly everything; fewer with large batches. */
    private static final int WARM_UP_STEPS = 500;

    private StepResult() {}

    /**
     * Steps at the start that do not count: a fifth, as with other systems, but enough for the JVM to be warm; never more
     * than half.
     */
    static int leftOut(int steps) {
        return Math.max(steps / LEFT_OUT_PART, Math.min(WARM_UP_STEPS, steps / 2));
    }

    /**
     * The result of a run.
     *
     * @param metrics lines of its metrics.jsonl
     * @param runResult its result.json
     */
    public static String json(List<String> metrics, String runResult, Job job, int workers, ResidentMemory memory) {
        List<ObjectNode> all = metrics.stream()
                .map(Json::objectOn)
                .flatMap(Optional::stream)
                .filter(line -> line.has("stepMillis"))
                .toList();
        int leftOut = leftOut(all.size());
        List<ObjectNode> steps = all.subList(leftOut, all.size());
        Samples times = samples(steps, "stepMillis");
        String group = job.settings().get("norm-group");
        ObjectNode result = Json.object();
        result.put("peer", "syncbn");
        result.put("model", job.model().name());
        result.put("size", job.data().imageSize());
        result.put("norm", group.equals("all") ? "sync" : group.equals("1") ? "local" : "groups of " + group);
        result.put("workers", workers);
        result.put("shards", job.batches().shards());
        result.put("batch", job.batches().batch());
        result.put("steps", all.size());
        result.put("stepsLeftOut", leftOut);
        result.put("stepMillisMedian", round(times.median()));
        result.put("stepMillisMin", round(times.least()));
        result.put("stepMillisP99", round(times.percentile99()));
        result.put("syncMillisMedian", round(samples(steps, "syncMillis").median()));
        result.put(
                "imagesPerSecond",
                Math.round(10 * job.batches().shards() * job.batches().batch() / (times.median() / 1e3)) / 10.0);
        ObjectNode parts = result.putObject("parts");
        for (String part : PARTS) {
            Samples millis = samples(steps, part + "Millis");
            parts.putObject(part)
                    .put("median", round(millis.median()))
                    .put("min", round(millis.least()))
                    .put("p99", round(millis.percentile99()));
        }
        Json.objectOn(runResult)
                .map(run -> run.at("/startSeconds/total"))
                .filter(JsonNode::isNumber)
                .ifPresent(total -> result.put("startSeconds", Math.round(total.asDouble() * 100) / 100.0));
        memory.workerMegabytes().ifPresent(megabytes -> result.put("workerResidentMegabytes", megabytes));
        memory.coordinatorMegabytes().ifPresent(megabytes -> result.put("coordinatorResidentMegabytes", megabytes));
        return Json.line(result);
    }

    private static Samples samples(List<ObjectNode> steps, String field) {
        List<Double> values = new ArrayList<>();
        steps.forEach(step -> values.add(step.required(field).asDouble()));
        return Samples.of(values);
    }

    private static double round(double millis) {
        return Math.round(millis * 100) / 100.0;
    }
}
