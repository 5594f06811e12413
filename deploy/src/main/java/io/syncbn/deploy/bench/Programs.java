package io.syncbn.deploy.bench;

import io.syncbn.deploy.launch.JavaCommand;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Our own measuring programs, each as a process in a JVM like this one.
 *
 * @param mainClass takes the words of a command that one of our processes starts
 */
public record Programs(String mainClass) {

    /**
     * ResNet-20, a shard a worker.
     *
     * @param norm {@code sync} or {@code local}
     */
    Measurement step(Configuration configuration, String norm, int steps) {
        return step(configuration, norm, configuration.workers(), norm, steps);
    }

    /** The same, with all shards in one worker, a thread each, normalized over all of them. */
    Measurement threads(Configuration configuration, int steps) {
        return step(configuration, "one process", 1, "sync", steps);
    }

    private Measurement step(Configuration configuration, String name, int workers, String norm, int steps) {
        return measurement(
                "syncbn, " + configuration + ", " + name,
                "step",
                "--workers",
                workers,
                "--shards",
                configuration.workers(),
                "--threads",
                configuration.workers() / workers,
                "--batch",
                configuration.batch(),
                "--norm-group",
                norm.equals("sync") ? "all" : "1",
                "--model",
                Workload.RESNET20.model(),
                "--image-size",
                Workload.RESNET20.size(),
                "--steps",
                steps);
    }

    /** A model trained by one worker, whose shard is the whole batch. */
    Measurement model(Workload workload, int batch, int threads, int steps) {
        return measurement(
                "syncbn, " + workload + ", one process",
                "step",
                "--workers",
                1,
                "--threads",
                threads,
                "--batch",
                batch,
                "--model",
                workload.model(),
                "--image-size",
                workload.size(),
                "--steps",
                steps);
    }

    Measurement allReduce(int workers, List<Integer> sizes, int rounds) {
        return sums("syncbn", "allreduce", workers, sizes, rounds);
    }

    Measurement star(int workers, List<Integer> sizes, int rounds) {
        return sums("raw TCP star", "star", workers, sizes, rounds);
    }

    private Measurement sums(String name, String bench, int workers, List<Integer> sizes, int rounds) {
        String floats = sizes.stream().map(String::valueOf).collect(Collectors.joining(","));
        return measurement(
                name + ", sums of " + workers + " workers",
                bench,
                "--workers",
                workers,
                "--floats",
                floats,
                "--rounds",
                rounds);
    }

    private Measurement measurement(String name, String bench, Object... arguments) {
        List<String> command = JavaCommand.of(mainClass);
        command.addAll(List.of("bench", bench, "--measured", "true"));
        command.addAll(Arrays.stream(arguments).map(String::valueOf).toList());
        return new Measurement(name, command);
    }
}
