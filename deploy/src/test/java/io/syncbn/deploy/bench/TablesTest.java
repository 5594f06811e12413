package io.syncbn.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.syncbn.proto.job.JobParser;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TablesTest {
    private static final Programs PROGRAMS = new Programs("Main");
    private static final Optional<Peer> PEER = Optional.of(new Peer("python", Path.of("peer.py")));
    private static final List<Configuration> CONFIGURATIONS =
            List.of(new Configuration(2, 4), new Configuration(1, 64));

    private static final Comparison.Models MODELS =
            new Comparison.Models(List.of(new Workload("resnet18", 64)), 8, 1, 80);

    private static Comparison comparison(Optional<Peer> peer) {
        return new Comparison(
                CONFIGURATIONS, 400, MODELS, new Comparison.Vectors(List.of(2), List.of(33, 270_000), 2000), peer);
    }

    private static ObjectNode step(String peer, String norm, int workers, int batch, double millis) {
        return Json.object()
                .put("peer", peer)
                .put("model", "resnet20")
                .put("size", 32)
                .put("norm", norm)
                .put("workers", workers)
                .put("shards", workers)
                .put("batch", batch)
                .put("stepMillisMedian", millis);
    }

    private static ObjectNode sum(String peer, int workers, int floats, double median, double p99) {
        return Json.object()
                .put("peer", peer)
                .put("workers", workers)
                .put("floats", floats)
                .put("microsMedian", median)
                .put("microsP99", p99);
    }

    @Test
    void oursAndTheOthersAreMeasuredInTurn() {
        assertThat(comparison(PEER).measurements(PROGRAMS).stream().map(Measurement::name))
                .containsExactly(
                        "syncbn, 2 × 4, sync",
                        "PyTorch, 2 × 4, sync",
                        "syncbn, 2 × 4, local",
                        "PyTorch, 2 × 4, local",
                        "syncbn, 2 × 4, one process",
                        "PyTorch, resnet20, 32 × 32, one process, threads: 2, batch: 8",
                        "syncbn, 1 × 64, sync",
                        "PyTorch, 1 × 64, local",
                        "PyTorch, resnet20, 32 × 32, one process, threads: 1, batch: 64",
                        "syncbn, resnet18, 64 × 64, one process",
                        "PyTorch, resnet18, 64 × 64, one process, threads: 1, batch: 8",
                        "syncbn, sums of 2 workers",
                        "gloo, sums of 2 workers",
                        "raw TCP star, sums of 2 workers");
    }

    @Test
    void bothDoTheSameWork() {
        List<Measurement> round = comparison(PEER).measurements(PROGRAMS);
        assertThat(round.get(0).command())
                .endsWith(
                        "--workers",
                        "2",
                        "--shards",
                        "2",
                        "--threads",
                        "1",
                        "--batch",
                        "4",
                        "--norm-group",
                        "all",
                        "--model",
                        "resnet20",
                        "--image-size",
                        "32",
                        "--steps",
                        "400");
        assertThat(round.get(1).command())
                .containsExactly(
                        "python",
                        "peer.py",
                        "train",
                        "--workers",
                        "2",
                        "--batch",
                        "4",
                        "--norm",
                        "sync",
                        "--steps",
                        "50");
        assertThat(round.get(2).command()).containsSequence("--norm-group", "1");
        assertThat(round.get(4).command())
                .containsSequence("--workers", "1", "--shards", "2", "--threads", "2", "--batch", "4");
        assertThat(round.get(9).command())
                .containsSequence("--workers", "1", "--threads", "1")
                .endsWith("--batch", "8", "--model", "resnet18", "--image-size", "64", "--steps", "80");
        assertThat(round.get(10).command())
                .endsWith(
                        "single",
                        "--threads",
                        "1",
                        "--batch",
                        "8",
                        "--model",
                        "resnet18",
                        "--size",
                        "64",
                        "--steps",
                        "10");
        assertThat(round.get(12).command()).endsWith("--steps", "400", "--floats", "33", "270000");
        assertThat(round.get(13).command())
                .containsSequence("bench", "star")
                .endsWith("--workers", "2", "--floats", "33,270000", "--rounds", "2000");
    }

    @Test
    void theTablesHoldMediansAndRatios() {
        ObjectNode ours = step("syncbn", "sync", 2, 4, 25.0);
        ours.put("workerResidentMegabytes", 412)
                .put("coordinatorResidentMegabytes", 96)
                .put("startSeconds", 4.56);
        String tables = comparison(PEER)
                .tables(new Results(
                        List.of(
                                ours,
                                step("syncbn", "sync", 2, 4, 20.0),
                                step("syncbn", "sync", 2, 4, 90.0),
                                step("syncbn", "local", 2, 4, 20.0),
                                step("syncbn", "sync", 1, 4, 16.0).put("shards", 2),
                                step("syncbn", "sync", 1, 4, 999.0),
                                step("pytorch-gloo", "sync", 2, 4, 100.0),
                                step("pytorch-gloo", "local", 2, 4, 30.0),
                                step("pytorch-gloo", "whole batch, 2 threads", 1, 8, 50.0),
                                step("syncbn", "sync", 1, 8, 80.0)
                                        .put("model", "resnet18")
                                        .put("size", 64)
                                        .put("workerResidentMegabytes", 700),
                                step("pytorch-gloo", "whole batch, 1 threads", 1, 8, 100.0)
                                        .put("model", "resnet18")
                                        .put("size", 64)
                                        .put("residentMegabytes", 800),
                                step("syncbn", "sync", 1, 64, 200.0),
                                step("syncbn", "sync", 1, 64, 900.0).put("size", 64),
                                step("pytorch-gloo", "local", 1, 64, 280.0),
                                sum("syncbn", 2, 33, 150, 300),
                                sum("pytorch-gloo", 2, 33, 600, 7000),
                                sum("raw-tcp-star", 2, 33, 75, 120),
                                sum("syncbn", 2, 270_000, 3000, 4000),
                                sum("raw-tcp-star", 2, 270_000, 1500, 2500)),
                        List.of()));
        assertThat(tables.lines().map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "A training step of ResNet-20: milliseconds (images a second)",
                        "",
                        "| workers × batch | syncbn sync | syncbn local | syncbn, one process | PyTorch sync | PyTorch local |"
                                + " PyTorch, one process, as many threads | images/s, sync / PyTorch sync |"
                                + " sync / PyTorch local | one process / PyTorch, one process | step, sync / local |"
                                + " worker MB | coordinator MB | start, s |",
                        "| --------------: | ----------: | -----------: | ------------------: | -----------: | ------------: |"
                                + " ------------------------------------: | ----------------------------: |"
                                + " -------------------: | ---------------------------------: | -----------------: |"
                                + " --------: | -------------: | -------: |",
                        "| 2 × 4 | 25.0 (320) | 20.0 (400) | 16.0 (500) | 100.0 (80) | 30.0 (267) | 50.0 (160) | 4.00 | 1.20 | 3.13 |"
                                + " 1.25 | 412 | 96 | 4.6 |",
                        "| 1 × 64 | 200.0 (320) | – | 200.0 (320) | – | 280.0 (229) | – | – | 1.40 | – | – | – | – | – |",
                        "",
                        "A training step in one process, threads: 1, 8 examples: milliseconds (images a second)",
                        "",
                        "| model | syncbn | PyTorch | step, syncbn / PyTorch | syncbn's worker, MB |"
                                + " PyTorch's process, MB |",
                        "| ----------------: | ---------: | ---------: | ---------------------: | ------------------: |"
                                + " --------------------: |",
                        "| resnet18, 64 × 64 | 80.0 (100) | 100.0 (80) | 0.80 | 700 | 800 |",
                        "",
                        "A sum over all workers: median of microseconds (99th percentile)",
                        "",
                        "| workers | numbers | syncbn | gloo | raw TCP star | syncbn / gloo | syncbn / star |",
                        "| ------: | ------: | ------------: | ----------: | ------------: | ------------: |"
                                + " ------------: |",
                        "| 2 | 33 | 150 (300) | 600 (7,000) | 75 (120) | 0.25 | 2.00 |",
                        "| 2 | 270,000 | 3,000 (4,000) | – (–) | 1,500 (2,500) | – | 2.00 |");
        assertThat(tables.lines()
                        .filter(line -> line.startsWith("|"))
                        .map(String::length)
                        .distinct())
                .as("columns of each table are aligned")
                .hasSize(3);
    }

    @Test
    void withoutAPeerItsColumnsAreLeftOut() {
        Comparison alone = comparison(Optional.empty());
        assertThat(alone.measurements(PROGRAMS).stream().map(Measurement::name))
                .noneMatch(name -> name.contains("PyTorch") || name.contains("gloo"));
        assertThat(alone.tables(new Results(List.of(step("syncbn", "sync", 2, 4, 25)), List.of())))
                .doesNotContain("PyTorch", "gloo")
                .contains("25.0 (320)", "raw TCP star");
    }

    @Test
    void whatIsNotMeasuredHasNoTable() {
        Comparison sumsOnly = new Comparison(
                List.of(),
                400,
                Comparison.Models.NONE,
                new Comparison.Vectors(List.of(2), List.of(33), 3000),
                Optional.empty());
        assertThat(sumsOnly.tables(new Results(List.of(), List.of())))
                .startsWith("A sum")
                .doesNotContain("ResNet");
        Comparison stepsOnly = new Comparison(
                CONFIGURATIONS,
                400,
                Comparison.Models.NONE,
                new Comparison.Vectors(List.of(), List.of(33), 3000),
                Optional.empty());
        assertThat(stepsOnly.tables(new Results(List.of(), List.of())))
                .startsWith("A training step")
                .doesNotContain("A sum");
    }

    @Test
    void growthMeasuresEveryConfigurationOnce() {
        Growth growth = new Growth(List.of(1, 2, 4), 4, 8, 400, List.of(33, 270_000), 2000);
        assertThat(growth.measurements(PROGRAMS).stream().map(Measurement::name))
                .containsExactly(
                        "syncbn, 1 × 4, sync",
                        "syncbn, 2 × 4, sync",
                        "syncbn, 4 × 4, sync",
                        "syncbn, 1 × 8, sync",
                        "syncbn, 4 × 2, sync",
                        "syncbn, sums of 1 workers",
                        "syncbn, sums of 2 workers",
                        "syncbn, sums of 4 workers");
    }

    @Test
    void growthTellsPartsAndLines() {
        ObjectNode step =
                step("syncbn", "sync", 2, 4, 25).put("stepMillisP99", 40.5).put("imagesPerSecond", 320);
        step.putObject("parts").putObject("moments").put("median", 7.125);
        String tables = new Growth(List.of(2), 4, 8, 400, List.of(1000, 3000), 3000)
                .tables(new Results(
                        List.of(step, sum("syncbn", 2, 1000, 120, 130), sum("syncbn", 2, 3000, 160, 170)), List.of()));
        assertThat(tables.lines().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "| workers × batch | step | 99th percentile | images/s | load | compute | moments | gradients |"
                                + " commit | update |",
                        "| 2 × 4 | 25.0 | 40.5 | 320 | – | – | 7.13 | – | – | – |",
                        "| numbers | 2 workers |",
                        "| 1,000 | 120 |",
                        "| 3,000 | 160 |",
                        "| 2 | 100 | 20.00 | 1.0000 |");
    }

    @Test
    void theStepResultStatesWhatItLeftOutAndWhereTheTimeWent() throws Exception {
        List<String> metrics = List.of(
                "{\"step\":1,\"stepMillis\":90,\"syncMillis\":80,\"loadMillis\":1,\"computeMillis\":9,"
                        + "\"momentsMillis\":70,\"gradientsMillis\":8,\"commitMillis\":1,\"updateMillis\":1}",
                "{\"step\":2,\"stepMillis\":10,\"syncMillis\":4,\"loadMillis\":1,\"computeMillis\":4,"
                        + "\"momentsMillis\":2,\"gradientsMillis\":1.5,\"commitMillis\":0.5,\"updateMillis\":1}",
                "{\"step\":2,\"testLoss\":2.3,\"testAccuracy\":0.1}");
        String line = StepResult.json(
                metrics,
                "{\n  \"startSeconds\" : { \"data\" : 1.0, \"total\" : 4.5 }\n}",
                JobParser.parse(Map.of("model", "lenet", "batch", "5"), 2),
                2,
                new ResidentMemory());
        JsonNode result = new ObjectMapper().readTree(line);
        assertThat(result.get("steps").asInt()).isEqualTo(2);
        assertThat(result.get("stepsLeftOut").asInt()).isEqualTo(1);
        assertThat(result.get("stepMillisMedian").asDouble()).isEqualTo(10);
        assertThat(result.get("imagesPerSecond").asDouble()).isEqualTo(1000);
        assertThat(result.get("syncMillisMedian").asDouble()).isEqualTo(4);
        assertThat(result.at("/parts/gradients/median").asDouble()).isEqualTo(1.5);
        assertThat(result.at("/parts/compute/p99").asDouble()).isEqualTo(4);
        assertThat(result.at("/parts/update/min").asDouble()).isEqualTo(1);
        assertThat(result.get("startSeconds").asDouble()).isEqualTo(4.5);
        assertThat(result.get("parts")).hasSize(StepResult.PARTS.size());
    }

    @Test
    void theReportHoldsEveryFigure() throws Exception {
        JsonNode report = new ObjectMapper()
                .readTree(Report.json(
                        Map.of("rounds", "3"),
                        new Results(List.of(sum("syncbn", 2, 33, 1, 2), sum("syncbn", 2, 33, 3, 4)), List.of())));
        assertThat(report.get("results")).hasSize(2);
        assertThat(report.at("/results/1/microsMedian").asDouble()).isEqualTo(3);
        assertThat(report.at("/settings/rounds").asText()).isEqualTo("3");
        assertThat(report.at("/machine/processors").asInt()).isPositive();
    }
}
