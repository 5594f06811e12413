package io.syncbn.worker.train;

import io.syncbn.proto.job.Fingerprint;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.JobException;
import io.syncbn.proto.job.JobParser;
import io.syncbn.worker.checkpoint.Checkpoint;
import io.syncbn.worker.checkpoint.CheckpointException;
import io.syncbn.worker.checkpoint.Initialization;
import io.syncbn.worker.checkpoint.ModelState;
import io.syncbn.worker.data.DataDescription;
import io.syncbn.worker.data.Dataset;
import io.syncbn.worker.kernels.Arithmetic;
import io.syncbn.worker.models.Models;
import io.syncbn.worker.nn.ModelDefinition;
import io.syncbn.worker.nn.Norms;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.norm.Normalizers;
import io.syncbn.worker.optim.Optimizers;
import io.syncbn.worker.optim.SlotNames;
import io.syncbn.worker.optim.Slots;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The model of a job and the state from which this process goes on: fresh, from a state_dict, or from a checkpoint.
 *
 * @param definition from which shards get their layers
 * @param slots of the job's optimizer
 * @param initialState with the replica that all of them read
 */
public record Replicas(ModelDefinition definition, SlotNames slots, ModelState initialState) {

    /** The state before training, or, to go on, that of a checkpoint of the same job. */
    public static Replicas open(Job job, Dataset data, Arithmetic arithmetic, Optional<Resume> resume) {
        Norms norms = Normalizers.of(job.model().normalization());
        ModelDefinition definition = define(job, data, norms);
        SlotNames slots = Optimizers.of(job.optimization()).slots();
        if (resume.isPresent()) {
            Checkpoint checkpoint = Checkpoint.open(resume.get().from());
            requireSameJob(job, checkpoint);
            requireSame(data, arithmetic, definition, checkpoint, resume.get());
            return new Replicas(definition, slots, stateOf(checkpoint, definition, slots));
        }
        Replica fresh = definition.newReplica(job.determinism().seed());
        return new Replicas(definition, slots, firstState(job, norms, fresh, slots));
    }

    private static ModelState firstState(Job job, Norms norms, Replica fresh, SlotNames slots) {
        boolean needsStatistics = norms.ofJob().needsStatistics();
        if (job.model().init().isPresent()) {
            return Initialization.read(Path.of(job.model().init().get()), fresh, slots, needsStatistics);
        }
        if (needsStatistics) {
            throw new JobException(
                    List.of("--norm " + job.model().normalization().kind()
                            + " normalizes by trained statistics; --init must name a file that has them, such as a"
                            + " checkpoint's model.safetensors"));
        }
        return new ModelState(fresh, 0, Slots.zeros(slots, fresh.weights().length), 0);
    }

    /**
     * A checkpoint's model, whichever job and data it came from, as long as it is the same model; to be evaluated. Only
     * the average of its weights, if the job keeps one, makes it matter which optimizer it was.
     */
    public static Replicas ofCheckpoint(Job job, Dataset data, Arithmetic arithmetic, Path path) {
        ModelDefinition definition =
                define(job, data, Normalizers.of(job.model().normalization()));
        Checkpoint checkpoint = Checkpoint.open(path);
        SameOrigin.require(checkpoint, definition.description());
        SameOrigin.warn(checkpoint, arithmetic);
        if (job.optimization().emaDecay() > 0) {
            SlotNames slots = Optimizers.of(job.optimization()).slots();
            return new Replicas(definition, slots, stateOf(checkpoint, definition, slots));
        }
        ModelState model = checkpoint.stateOfModel(definition.parameters(), definition.statistics());
        return new Replicas(definition, SlotNames.NONE, model);
    }

    /**
     * A checkpoint's model by what the checkpoint keeps alone, without its data; for inference.
     *
     * @throws CheckpointException if it keeps too little, as those of earlier versions do, or was trained by another
     *     version of the model
     */
    public static Replicas ofCheckpoint(Checkpoint checkpoint) {
        DataDescription data = checkpoint.info().data();
        if (!data.suffices()) {
            throw new CheckpointException("checkpoint " + checkpoint.directory() + " keeps neither the names of its"
                    + " classes nor what inputs are normalized by, as those of earlier versions do not;"
                    + " train --resume with its directory keeps it anew, with both");
        }
        Job job = JobParser.parse(checkpoint.info().settings(), 1);
        ModelDefinition definition = define(
                job,
                Shape.parse(checkpoint.info().model().input()),
                data.classNames().size(),
                Normalizers.of(job.model().normalization()));
        SameOrigin.require(checkpoint, definition.description());
        ModelState model = checkpoint.stateOfModel(definition.parameters(), definition.statistics());
        return new Replicas(definition, SlotNames.NONE, model);
    }

    /**
     * A run's newest checkpoint.
     *
     * @throws RuntimeException with a message for the user, if there is none, or it is of a job with other settings
     */
    static Checkpoint newest(Job job, Path run, long lastStep) {
        Checkpoint checkpoint = Checkpoint.open(run, lastStep);
        requireSameJob(job, checkpoint);
        return checkpoint;
    }

    /**
     * The state of a checkpoint of this job.
     *
     * @param resume what it may differ in
     * @throws RuntimeException with a message for the user, if it comes from another model, other data or other arithmetic
     */
    ModelState stateOf(Checkpoint checkpoint, Dataset data, Arithmetic arithmetic, Resume resume) {
        requireSame(data, arithmetic, definition, checkpoint, resume);
        return stateOf(checkpoint, definition, slots);
    }

    private static ModelState stateOf(Checkpoint checkpoint, ModelDefinition definition, SlotNames slots) {
        return checkpoint.state(definition.parameters(), definition.statistics(), slots);
    }

    private static ModelDefinition define(Job job, Dataset data, Norms norms) {
        return define(job, data.shape(), data.classes(), norms);
    }

    private static ModelDefinition define(Job job, Shape input, int classes, Norms norms) {
        return ModelDefinition.of(
                Models.named(job.model().name()),
                input,
                classes,
                norms,
                job.optimization().regularization().dropout());
    }

    private static void requireSame(
            Dataset data, Arithmetic arithmetic, ModelDefinition definition, Checkpoint checkpoint, Resume resume) {
        SameOrigin.require(checkpoint, definition.description());
        SameOrigin.require(checkpoint, data, arithmetic, resume);
    }

    private static void requireSameJob(Job job, Checkpoint checkpoint) {
        if (checkpoint.info().fingerprint().equals(Fingerprint.of(job))) {
            return;
        }
        Map<String, String> there = Fingerprint.withAdded(checkpoint.info().settings());
        String differences = job.settings().entrySet().stream()
                .filter(here -> there.containsKey(here.getKey()))
                .filter(here -> !here.getValue().equals(there.get(here.getKey())))
                .map(here -> "--" + here.getKey() + " is " + there.get(here.getKey()) + " there, " + here.getValue()
                        + " here")
                .collect(Collectors.joining("; "));
        throw new CheckpointException("checkpoint " + checkpoint.directory() + " belongs to another job: "
                + (differences.isEmpty() ? "it was written by another version" : differences)
                + ". To start a new job from its weights, use --init with its model.safetensors");
    }
}
