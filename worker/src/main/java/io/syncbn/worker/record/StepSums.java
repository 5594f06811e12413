package io.syncbn.worker.record;

import io.syncbn.proto.v1.StepTimes;

/** Sums of the times of steps, as a report has them. Not thread-safe. */
final class StepSums {
    private static final double MICROS_PER_MILLI = 1000;
    private static final long NANOS_PER_MICRO = 1000;

    private final int layers;
    private final int layersAWait;
    private LayerWaits waits;
    private double loadMillis;
    private double computeMillis;
    private double momentsMillis;
    private double gradientsMillis;
    private double commitMillis;
    private double updateMillis;

    StepSums(int layers, int layersAWait) {
        this.layers = layers;
        this.layersAWait = layersAWait;
        this.waits = LayerWaits.none(layers);
    }

    void add(StepSplit split, LayerWaits of) {
        loadMillis += split.loadMillis();
        computeMillis += split.computeMillis();
        momentsMillis += split.momentsMillis();
        gradientsMillis += split.gradientsMillis();
        commitMillis += split.commitMillis();
        updateMillis += split.updateMillis();
        waits.add(of);
    }

    StepTimes toMessage() {
        StepTimes.Builder message = StepTimes.newBuilder()
                .setLoad(micros(loadMillis))
                .setCompute(micros(computeMillis))
                .setMoments(micros(momentsMillis))
                .setGradients(micros(gradientsMillis))
                .setCommit(micros(commitMillis))
                .setUpdate(micros(updateMillis));
        for (int first = 0; first < layers; first += layersAWait) {
            message.addForwardWaits(micros(waits.forward(), first));
            message.addBackwardWaits(micros(waits.backward(), first));
        }
        return message.build();
    }

    private static long micros(double millis) {
        return Math.max(0, Math.round(millis * MICROS_PER_MILLI));
    }

    private int micros(long[] nanos, int first) {
        long sum = 0;
        for (int i = first; i < Math.min(layers, first + layersAWait); i++) {
            sum += nanos[i];
        }
        return (int) Math.min(Integer.MAX_VALUE, sum / NANOS_PER_MICRO);
    }
}
