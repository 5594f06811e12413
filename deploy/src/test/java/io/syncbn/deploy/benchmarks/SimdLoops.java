package io.syncbn.deploy.benchmarks;

/** With the vector module, which the JVM of the tests has, and its forks like it. */
public class SimdLoops extends ChannelLoops {
    @Override
    String expectedKernels() {
        return "SimdKernels";
    }
}
