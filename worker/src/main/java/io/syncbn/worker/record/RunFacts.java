package io.syncbn.worker.record;

import io.syncbn.proto.job.Fingerprint;
import io.syncbn.proto.job.Job;
import io.syncbn.worker.checkpoint.Origin;
import io.syncbn.worker.kernels.Arithmetic;
import java.util.Map;

/**
 * Facts about a run, other than measurements.
 *
 * @param workers of its last generation
 * @param generations that there were
 * @param restores how often it went back to a checkpoint, because every copy of the model was lost
 */
public record RunFacts(int workers, long generations, long restores, Origin origin) {
    /** Key in {@link Origin#computedWith}: library, instruction set and vectors in one line. */
    public static final String ARITHMETIC = "arithmetic";

    private static final int MEBIBYTE = 1 << 20;

    int shards() {
        return job().batches().shards();
    }

    int batch() {
        return job().batches().batch();
    }

    /** As given: a number or "all". */
    String normGroup() {
        return job().settings().get("norm-group");
    }

    String fingerprint() {
        return Fingerprint.of(job());
    }

    private Job job() {
        return origin.job();
    }

    /** What this process computes with. */
    public static Map<String, String> computedWith(Arithmetic arithmetic, String release) {
        return Map.of(
                ARITHMETIC,
                arithmetic.toString(),
                "library",
                arithmetic.library(),
                "instructionSet",
                arithmetic.instructionSet(),
                "vectors",
                arithmetic.vectors(),
                "java",
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                "heapMiB",
                Long.toString(Runtime.getRuntime().maxMemory() / MEBIBYTE),
                "syncbn",
                release);
    }
}
