package io.syncbn.deploy.benchmarks;

/** With the vector module, which the JVM of the tests has, and its forks like it; they are warm before JMH measures. */
public class SimdLoops extends ChannelLoops {
    @Override
    String expectedKernels() {
        return "WarmingKernels";
    }
}
