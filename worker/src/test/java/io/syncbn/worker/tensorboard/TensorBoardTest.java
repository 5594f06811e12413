package io.syncbn.worker.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.proto.job.JobParser;
import io.syncbn.worker.PyTorch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Event files, read by TensorBoard itself. */
class TensorBoardTest {
    private static final String READ = String.join(
            "\n",
            "import json, sys",
            "from tensorboard import context",
            "from tensorboard.backend.event_processing import data_provider",
            "from tensorboard.backend.event_processing.event_accumulator import EventAccumulator",
            "from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer",
            "from tensorboard.plugins.hparams import api_pb2, backend_context, list_session_groups",
            "run = EventAccumulator(sys.argv[1] + '/run', size_guidance={'scalars': 0, 'histograms': 0})",
            "run.Reload()",
            "scalars = {tag: [[e.step, e.value] for e in run.Scalars(tag)] for tag in run.Tags()['scalars']}",
            "histograms = {tag: [[e.step, e.histogram_value.num] for e in run.Histograms(tag)]",
            "              for tag in run.Tags()['histograms']}",
            "runs = EventMultiplexer()",
            "runs.AddRunsFromDirectory(sys.argv[1])",
            "runs.Reload()",
            "class Board:",
            "    data_provider = data_provider.MultiplexerDataProvider(runs, sys.argv[1])",
            "    logdir = sys.argv[1]",
            "request = api_pb2.ListSessionGroupsRequest(slice_size=9, allowed_statuses=[1, 2, 3])",
            "request.col_params.add(metric=api_pb2.MetricName(tag='test/accuracy'))",
            "group = list_session_groups.Handler(",
            "    context.RequestContext(), backend_context.Context(Board), '', request).run().session_groups[0]",
            "print(json.dumps({'scalars': scalars, 'histograms': histograms, 'session': group.sessions[0].name,",
            "    'status': group.sessions[0].status, 'accuracy': group.metric_values[0].value,",
            "    'lr': group.hparams['lr'].number_value, 'norm': group.hparams['norm'].string_value}))");

    @TempDir
    private Path directory;

    @BeforeEach
    void needsTensorBoard() throws IOException, InterruptedException {
        PyTorch.assumeThere();
        String found = PyTorch.run(
                directory,
                "import importlib.util; print(importlib.util.find_spec('tensorboard') is not None)",
                List.of());
        assumeTrue(found.contains("True"), "SYNCBN_PYTHON names no Python with tensorboard: nothing to read with");
    }

    private static JsonNode line(long step, String name, double value) {
        return new ObjectMapper().createObjectNode().put("step", step).put(name, value);
    }

    /** The job went back from step 5 to step 3, on another worker. */
    @Test
    void itFindsEachStepOnceAndTheHyperparameters() throws IOException, InterruptedException {
        Map<String, String> settings =
                JobParser.parse(Map.of("norm", "group:4", "lr", "0.3"), 2).settings();
        try (RunEvents events = new RunEvents(directory.resolve("run"), settings, 0)) {
            for (long step = 1; step <= 5; step++) {
                events.line(line(step, "loss", 10.0 + step), 1_795_966_130_000L + step);
            }
            events.histograms(2, Map.of("bn1/gamma", new float[] {1, 2, 2.5f}), 1_795_966_130_000L);
            events.histograms(4, Map.of("bn1/gamma", new float[] {1, 2, 2.5f}), 1_795_966_130_000L);
        }
        try (RunEvents events = new RunEvents(directory.resolve("run"), settings, 3)) {
            events.line(line(4, "loss", 24), 1_795_966_130_000L);
            events.line(line(4, "testAccuracy", 0.75), 1_795_966_130_000L);
            events.done(4, 1_795_966_135_000L);
        }
        String printed = PyTorch.run(directory, READ, List.of(directory.toString()));
        JsonNode read = new ObjectMapper().readTree(printed.substring(printed.lastIndexOf("{\"scalars")));
        assertThat(read.path("scalars").path("train/loss").toString())
                .isEqualTo("[[1,11.0],[2,12.0],[3,13.0],[4,24.0]]");
        assertThat(read.path("scalars").path("test/accuracy").toString()).isEqualTo("[[4,0.75]]");
        assertThat(read.path("histograms").path("bn1/gamma").toString()).isEqualTo("[[2,3.0]]");
        assertThat(read.path("session").asText()).isEqualTo("run");
        assertThat(read.path("status").asInt()).isEqualTo(1);
        assertThat(read.path("accuracy").asDouble()).isEqualTo(0.75);
        assertThat(read.path("lr").asDouble()).isEqualTo(0.3);
        assertThat(read.path("norm").asText()).isEqualTo("group:4");
    }
}
