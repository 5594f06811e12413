package io.syncbn.deploy.bench;

import static io.syncbn.deploy.bench.MarkdownTable.number;
import static io.syncbn.deploy.bench.MarkdownTable.ratio;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * syncbn beside PyTorch and beside the floor: what to measure, and the tables made of it.
 *
 * @param configurations of training steps
 * @param steps to measure of a small configuration
 * @param models that one process trains
 * @param vectors that workers sum
 * @param peer what to compare with, if anything
 */
public record Comparison(
        List<Configuration> configurations, int steps, Models models, Vectors vectors, Optional<Peer> peer) {
    private static final String OURS = "syncbn";
    private static final String TORCH = "pytorch-gloo";
    private static final String STAR = "raw-tcp-star";
    /** Gloo with more processes than cores takes milliseconds a sum. */
    private static final int PEER_SUMS_PART = 5;

    private static final int LEAST_PEER_STEPS = 5;

    /**
     * Models that one process trains.
     *
     * @param batch examples a step
     * @param steps to measure
     */
    public record Models(List<Workload> workloads, int batch, int threads, int steps) {
        static final Models NONE = new Models(List.of(), 1, 1, 1);
    }

    /**
     * Vectors that workers sum.
     *
     * @param workers how many of them, in turn
     * @param sizes of the vectors
     * @param sums rounds of a small one
     */
    public record Vectors(List<Integer> workers, List<Integer> sizes, int sums) {}

    /** One round: each of ours is followed by the one that it is compared with. */
    public List<Measurement> measurements(Programs programs) {
        List<Measurement> round = new ArrayList<>();
        for (Configuration configuration : configurations) {
            // With one worker there is nothing to synchronize: ours does the same work both ways, PyTorch's own does
            // less.
            boolean isShared = configuration.workers() > 1;
            round.add(programs.step(configuration, "sync", configuration.steps(steps)));
            if (isShared) {
                peerStep(configuration, "sync").ifPresent(round::add);
                round.add(programs.step(configuration, "local", configuration.steps(steps)));
            }
            peerStep(configuration, "local").ifPresent(round::add);
            if (isShared) {
                round.add(programs.threads(configuration, configuration.steps(steps)));
            }
            peer.map(one -> one.single(
                            Workload.RESNET20,
                            configuration.workers(),
                            configuration.examples(),
                            configuration.peerSteps(steps)))
                    .ifPresent(round::add);
        }
        for (Workload workload : models.workloads) {
            round.add(programs.model(workload, models.batch, models.threads, models.steps));
            peer.map(one -> one.single(
                            workload,
                            models.threads,
                            models.batch,
                            Math.max(LEAST_PEER_STEPS, models.steps / Configuration.PEER_PART)))
                    .ifPresent(round::add);
        }
        for (int workers : vectors.workers) {
            round.add(programs.allReduce(workers, vectors.sizes, vectors.sums));
            peer.map(one -> one.allReduce(workers, vectors.sizes, Math.max(1, vectors.sums / PEER_SUMS_PART)))
                    .ifPresent(round::add);
            round.add(programs.star(workers, vectors.sizes, vectors.sums));
        }
        return round;
    }

    private Optional<Measurement> peerStep(Configuration configuration, String norm) {
        return peer.map(one -> one.step(configuration, norm, configuration.peerSteps(steps)));
    }

    /** The tables, of medians over the rounds. */
    public String tables(Results results) {
        StringBuilder text = new StringBuilder();
        if (!configurations.isEmpty()) {
            text.append("A training step of ResNet-20: milliseconds (images a second)\n\n")
                    .append(steps(results));
        }
        if (!models.workloads.isEmpty()) {
            text.append(text.isEmpty() ? "" : "\n")
                    .append("A training step in one process, threads: " + models.threads + ", ")
                    .append(models.batch)
                    .append(" examples: milliseconds (images a second)\n\n")
                    .append(models(results));
        }
        if (!vectors.workers.isEmpty()) {
            text.append(text.isEmpty() ? "" : "\n")
                    .append("A sum over all workers: median of microseconds (99th percentile)\n\n")
                    .append(sums(results));
        }
        return text.toString();
    }

    private MarkdownTable steps(Results results) {
        List<String> header =
                new ArrayList<>(List.of("workers × batch", "syncbn sync", "syncbn local", "syncbn, one process"));
        if (peer.isPresent()) {
            header.addAll(List.of(
                    "PyTorch sync",
                    "PyTorch local",
                    "PyTorch, one process, as many threads",
                    "images/s, sync / PyTorch sync",
                    "sync / PyTorch local",
                    "one process / PyTorch, one process"));
        }
        header.addAll(List.of("step, sync / local", "worker MB", "coordinator MB", "start, s"));
        MarkdownTable table = new MarkdownTable(header);
        for (Configuration configuration : configurations) {
            OptionalDouble sync = step(results, OURS, "sync", configuration);
            OptionalDouble local = step(results, OURS, "local", configuration);
            List<String> row = new ArrayList<>(List.of(configuration.toString()));
            row.add(withSpeed(sync, configuration));
            row.add(withSpeed(local, configuration));
            OptionalDouble threads = results.median("/stepMillisMedian", ofThreads(configuration));
            row.add(withSpeed(threads, configuration));
            if (peer.isPresent()) {
                OptionalDouble torchSync = step(results, TORCH, "sync", configuration);
                OptionalDouble torchLocal = step(results, TORCH, "local", configuration);
                row.add(withSpeed(torchSync, configuration));
                row.add(withSpeed(torchLocal, configuration));
                OptionalDouble torchAlone = results.median(
                        "/stepMillisMedian",
                        alone(Workload.RESNET20, configuration.workers(), configuration.examples()));
                row.add(withSpeed(torchAlone, configuration));
                // Both have the same images a step, so the ratio of speeds is the inverse ratio of step times.
                row.add(number(ratio(torchSync, sync), 2));
                row.add(number(ratio(torchLocal, sync), 2));
                row.add(number(ratio(torchAlone, threads), 2));
            }
            row.add(number(ratio(sync, local), 2));
            row.add(number(results.median("/workerResidentMegabytes", where(OURS, "sync", configuration)), 0));
            row.add(number(results.median("/coordinatorResidentMegabytes", where(OURS, "sync", configuration)), 0));
            row.add(number(results.median("/startSeconds", where(OURS, "sync", configuration)), 1));
            table.row(row);
        }
        return table;
    }

    private MarkdownTable models(Results results) {
        List<String> header = new ArrayList<>(List.of("model", "syncbn"));
        if (peer.isPresent()) {
            header.addAll(List.of("PyTorch", "step, syncbn / PyTorch"));
        }
        header.add("syncbn's worker, MB");
        if (peer.isPresent()) {
            header.add("PyTorch's process, MB");
        }
        MarkdownTable table = new MarkdownTable(header);
        Configuration one = new Configuration(1, models.batch);
        for (Workload workload : models.workloads) {
            Map<String, Object> ours = Map.of(
                    "peer",
                    OURS,
                    "model",
                    workload.model(),
                    "size",
                    workload.size(),
                    "workers",
                    1,
                    "batch",
                    models.batch);
            Map<String, Object> theirs = alone(workload, models.threads, models.batch);
            OptionalDouble step = results.median("/stepMillisMedian", ours);
            OptionalDouble theirStep = results.median("/stepMillisMedian", theirs);
            List<String> row = new ArrayList<>(List.of(workload.toString(), withSpeed(step, one)));
            if (peer.isPresent()) {
                row.add(withSpeed(theirStep, one));
                row.add(number(ratio(step, theirStep), 2));
            }
            row.add(number(results.median("/workerResidentMegabytes", ours), 0));
            if (peer.isPresent()) {
                row.add(number(results.median("/residentMegabytes", theirs), 0));
            }
            table.row(row);
        }
        return table;
    }

    /** PyTorch in one process. */
    private static Map<String, Object> alone(Workload workload, int threads, int batch) {
        return Map.of(
                "peer",
                TORCH,
                "model",
                workload.model(),
                "size",
                workload.size(),
                "norm",
                "whole batch, " + threads + " threads",
                "batch",
                batch);
    }

    /** All shards in one worker: with one shard that is what any worker does. */
    private static Map<String, Object> ofThreads(Configuration configuration) {
        Map<String, Object> where = where(OURS, "sync", configuration);
        where.put("workers", 1);
        return where;
    }

    private static OptionalDouble step(Results results, String peer, String norm, Configuration configuration) {
        return results.median("/stepMillisMedian", where(peer, norm, configuration));
    }

    private static Map<String, Object> where(String peer, String norm, Configuration configuration) {
        Map<String, Object> where = new HashMap<>(Map.of(
                "peer",
                peer,
                "model",
                Workload.RESNET20.model(),
                "size",
                Workload.RESNET20.size(),
                "norm",
                norm,
                "workers",
                configuration.workers(),
                "batch",
                configuration.batch()));
        if (peer.equals(OURS)) {
            where.put("shards", configuration.workers());
        }
        return where;
    }

    private static String withSpeed(OptionalDouble millis, Configuration configuration) {
        return millis.isEmpty()
                ? "–"
                : number(millis, 1) + " ("
                        + number(OptionalDouble.of(configuration.examples() * 1000 / millis.getAsDouble()), 0) + ")";
    }

    private MarkdownTable sums(Results results) {
        List<String> header = new ArrayList<>(List.of("workers", "numbers", "syncbn"));
        if (peer.isPresent()) {
            header.add("gloo");
        }
        header.add("raw TCP star");
        if (peer.isPresent()) {
            header.add("syncbn / gloo");
        }
        header.add("syncbn / star");
        MarkdownTable table = new MarkdownTable(header);
        for (int workers : vectors.workers) {
            for (int floats : vectors.sizes) {
                OptionalDouble ours = sum(results, OURS, workers, floats);
                List<String> row =
                        new ArrayList<>(List.of(Integer.toString(workers), number(OptionalDouble.of(floats), 0)));
                row.add(withPercentile(results, OURS, workers, floats));
                if (peer.isPresent()) {
                    row.add(withPercentile(results, TORCH, workers, floats));
                }
                row.add(withPercentile(results, STAR, workers, floats));
                if (peer.isPresent()) {
                    row.add(number(ratio(ours, sum(results, TORCH, workers, floats)), 2));
                }
                row.add(number(ratio(ours, sum(results, STAR, workers, floats)), 2));
                table.row(row);
            }
        }
        return table;
    }

    private static OptionalDouble sum(Results results, String peer, int workers, int floats) {
        return results.median("/microsMedian", Map.of("peer", peer, "workers", workers, "floats", floats));
    }

    private static String withPercentile(Results results, String peer, int workers, int floats) {
        Map<String, Object> where = Map.of("peer", peer, "workers", workers, "floats", floats);
        return number(results.median("/microsMedian", where), 0) + " (" + number(results.median("/microsP99", where), 0)
                + ")";
    }
}
