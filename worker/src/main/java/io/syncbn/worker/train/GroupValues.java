package io.syncbn.worker.train;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.JobException;
import io.syncbn.proto.tree.Grouping;
import io.syncbn.worker.data.BatchPlan;
import io.syncbn.worker.data.ShardRows;
import io.syncbn.worker.nn.ModelDefinition;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * How many numbers a normalization group has for a channel: its examples times a layer's pixels. A single number minus
 * its mean is always 0, so nothing before such a layer can learn.
 */
public final class GroupValues {
    private final Job job;
    private final BatchPlan batches;
    private final Grouping groups;

    private GroupValues(Job job, BatchPlan batches) {
        this.job = job;
        this.batches = batches;
        this.groups = new Grouping(job.batches().shards(), job.groupSize());
    }

    /**
     * Looks at a job before its first step.
     *
     * @return what to warn of: groups of one number in some step of an epoch
     * @throws JobException if no group ever has more than one
     */
    public static Optional<String> check(Job job, BatchPlan batches, ModelDefinition model) {
        if (model.normalizedPixels().isEmpty()) {
            return Optional.empty();
        }
        int pixels = Collections.min(model.normalizedPixels());
        String layer = model.normalizationLayers().get(model.normalizedPixels().indexOf(pixels));
        GroupValues values = new GroupValues(job, batches);
        int last = batches.stepsPerEpoch();
        TreeSet<Integer> examples = values.examples(last);
        examples.addAll(values.examples(1)); // as in all steps but the last
        examples.remove(0);
        if (pixels > 1 || examples.first() > 1) {
            return Optional.empty();
        }
        if (examples.last() == 1) {
            throw new JobException(List.of("every normalization group has one value a channel in " + layer
                    + ": one example, of one pixel there. Its batch statistics are that value itself, and nothing can be"
                    + " learned; take a larger --batch or --norm-group, or larger pictures"));
        }
        return Optional.of("some normalization groups have one value a channel in " + layer + " in step "
                + (values.examples(1).contains(1) ? "1" : Integer.toString(last))
                + " of an epoch, and learn nothing from it; another --batch or --shards may divide the rows evenly");
    }

    /** The groups' numbers of examples in a step of an epoch. */
    private TreeSet<Integer> examples(int step) {
        int[] examples = new int[groups.groups()];
        ShardRows rows = new ShardRows(batches.trainRows(), job.batches().shards());
        for (int shard = 0; shard < job.batches().shards(); shard++) {
            int left = rows.count(shard) - (step - 1) * job.batches().batch();
            examples[groups.groupOf(shard)] +=
                    Math.max(0, Math.min(job.batches().batch(), left));
        }
        TreeSet<Integer> counts = new TreeSet<>();
        for (int count : examples) {
            counts.add(count);
        }
        return counts;
    }
}
