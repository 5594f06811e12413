package io.syncbn.worker.nn;

/**
 * What a model consists of. A model of one's own is a public class with a public constructor without arguments:
 *
 * <pre>{@code
 * public final class Tiny implements Architecture {
 *     public void define(Net net) {
 *         net.conv2d("conv1", 8, 3, 1, 1).batchNorm("bn1").relu().globalAveragePool();
 *         net.flatten().dense("fc", net.classes());
 *     }
 * }
 * }</pre>
 */
@FunctionalInterface
public interface Architecture {
    void define(Net net);
}
