package io.syncbn.worker.models;

import static io.syncbn.worker.nn.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.JobParser;
import io.syncbn.proto.job.Kernels;
import io.syncbn.worker.PyTorch;
import io.syncbn.worker.checkpoint.Initialization;
import io.syncbn.worker.checkpoint.ModelState;
import io.syncbn.worker.checkpoint.Safetensors;
import io.syncbn.worker.nn.ModelDefinition;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.nn.ShardModel;
import io.syncbn.worker.nn.Tensor;
import io.syncbn.worker.optim.Optimizers;
import io.syncbn.worker.optim.SlotNames;
import io.syncbn.worker.optim.Slots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of models with every normalization open in PyTorch with {@code strict=True} and classify alike there; and a state_dict
 * that PyTorch has saved starts a job here, and classifies alike.
 */
class StateDictTest {
    private static final int EXAMPLES = 7;

    /** Of the largest logit. */
    private static final double TOLERANCE = 1e-5;

    @TempDir
    private Path directory;

    private static Map<String, Job> jobs() {
        Map<String, Job> jobs = new LinkedHashMap<>();
        for (String norm : List.of(
                "batch",
                "group:4",
                "layer",
                "instance",
                "batch-group:2:4",
                "renorm:1.2:0.3",
                "frozen",
                "none",
                "weight-norm",
                "fixup")) {
            jobs.put(norm.replace(':', '-'), JobParser.parse(Map.of("norm", norm), 1));
        }
        for (String norm : List.of("batch", "group:4")) {
            jobs.put(
                    norm.replace(':', '-') + "-standardized",
                    JobParser.parse(Map.of("norm", norm, "weight-standardization", "true"), 1));
        }
        return jobs;
    }

    @Test
    void filesGoToPyTorchAndBack() throws Exception {
        PyTorch.assumeThere();
        Random random = new Random(31);
        Map<String, Job> jobs = jobs();
        Map<String, SmallNetBatch> batches = new LinkedHashMap<>();
        Map<String, double[]> logits = new LinkedHashMap<>();
        List<String> arguments = new ArrayList<>(List.of("evaluate"));
        for (Map.Entry<String, Job> each : jobs.entrySet()) {
            Job job = each.getValue();
            Path file = directory.resolve(each.getKey());
            Replica replica = randomReplica(SmallNet.define(job), random);
            SmallNetBatch batch = SmallNetBatch.random(job, replica, random, EXAMPLES);
            ModelState state = new ModelState(replica, 3, Slots.zeros(slots(job), replica.weights().length), 3);
            Files.write(path(file, "model"), Safetensors.encode(state.modelTensors(), Map.of()));
            Files.write(path(file, "batch"), Safetensors.encode(batch.tensors(), batch.settings()));
            batches.put(each.getKey(), batch);
            logits.put(each.getKey(), logits(SmallNet.define(job), replica, batch));
            arguments.add(file.toString());
        }
        PyTorch.run(directory, SmallNet.inPyTorch(), arguments);
        for (Map.Entry<String, Job> each : jobs.entrySet()) {
            String name = each.getKey();
            Path file = directory.resolve(name);
            assertClose(name + " in PyTorch", read(path(file, "logits")), logits.get(name), TOLERANCE);

            ModelDefinition definition = SmallNet.define(each.getValue());
            ModelState state = Initialization.read(
                    path(file, "torch-model"), definition.newReplica(1), slots(each.getValue()), true);
            double[] here = logits(definition, state.replica(), batches.get(name));
            assertClose(name + " from PyTorch", read(path(file, "torch-logits")), here, TOLERANCE);
            assertThat(here).isNotEqualTo(logits.get(name));
        }
    }

    private static Path path(Path file, String suffix) {
        return Path.of(file + "." + suffix);
    }

    private static SlotNames slots(Job job) {
        return Optimizers.of(job.optimization().optimizer()).slots();
    }

    private static Replica randomReplica(ModelDefinition definition, Random random) {
        Replica replica = definition.newReplica(random.nextLong());
        for (int i = 0; i < replica.weights().length; i++) {
            replica.weights()[i] += (float) (0.1 * random.nextGaussian());
        }
        for (int i = 0; i < replica.runningStatistics().length; i++) {
            replica.runningStatistics()[i] += (float) (0.3 * random.nextDouble());
        }
        return replica;
    }

    /** In evaluation. */
    private static double[] logits(ModelDefinition definition, Replica replica, SmallNetBatch batch) {
        try (ShardModel model = definition.newShardModel(replica, EXAMPLES, Kernels.PORTABLE)) {
            Tensor output = model.forward(batch.input(), Pass.evaluation());
            double[] logits = new double[output.size()];
            Arrays.setAll(logits, i -> output.values()[i]);
            return logits;
        }
    }

    private static float[] read(Path file) throws IOException {
        return Safetensors.decode(file, Files.readAllBytes(file))
                .tensors()
                .get("logits")
                .floats();
    }
}
