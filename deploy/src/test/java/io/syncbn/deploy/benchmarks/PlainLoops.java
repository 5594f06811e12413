package io.syncbn.deploy.benchmarks;

import org.openjdk.jmh.annotations.Fork;

/** In JVMs without the vector module: other flags than these they do not get. */
@Fork(value = 1, jvmArgs = "-Xmx1g")
public class PlainLoops extends ChannelLoops {
    @Override
    String expectedKernels() {
        return "PlainKernels";
    }
}
