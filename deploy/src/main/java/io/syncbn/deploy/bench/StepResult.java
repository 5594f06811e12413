package io.syncbn.deploy.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.proto.job.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The line of the step benchmark, from the metrics of a run. */
public final class StepResult {
    private static final ObjectMapper JSON = new ObjectMapper();

    private StepResult() {}

    /**
     * Medians over the second half of the run: the first half is what a JVM takes to compile its loops.
     *
     * @param metrics the run's metrics.jsonl
     */
    public static String json(Path metrics, Job job, int workers) throws IOException {
        List<Double> stepMillis = new ArrayList<>();
        List<Double> syncMillis = new ArrayList<>();
        for (String line : Files.readAllLines(metrics)) {
            JsonNode values = JSON.readTree(line);
            if (values.has("stepMillis")) {
                stepMillis.add(values.get("stepMillis").asDouble());
                syncMillis.add(values.get("syncMillis").asDouble());
            }
        }
        List<Double> steps = new ArrayList<>(stepMillis.subList(stepMillis.size() / 2, stepMillis.size()));
        List<Double> waits = new ArrayList<>(syncMillis.subList(syncMillis.size() / 2, syncMillis.size()));
        Collections.sort(steps);
        Collections.sort(waits);
        double median = steps.get(steps.size() / 2);
        String group = job.settings().get("norm-group");
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("peer", "syncbn");
        result.put("model", job.model());
        result.put("norm", group.equals("all") ? "sync" : group.equals("1") ? "local" : "groups of " + group);
        result.put("workers", workers);
        result.put("shards", job.shards());
        result.put("batch", job.batch());
        result.put("stepMillisMedian", round(median));
        result.put("stepMillisMin", round(steps.get(0)));
        result.put("stepMillisP99", round(steps.get((int) (steps.size() * 0.99))));
        result.put("syncMillisMedian", round(waits.get(waits.size() / 2)));
        result.put("imagesPerSecond", Math.round(10 * job.shards() * job.batch() / (median / 1e3)) / 10.0);
        return JSON.writeValueAsString(result);
    }

    private static double round(double millis) {
        return Math.round(millis * 100) / 100.0;
    }
}
