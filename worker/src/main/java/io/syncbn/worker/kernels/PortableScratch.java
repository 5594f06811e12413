package io.syncbn.worker.kernels;

/** Arrays that the layers of a shard share, as long as the largest needs. */
final class PortableScratch {
    private final int[] lengths = new int[3];
    private final float[][] buffers = new float[3][];

    void reserve(int role, int length) {
        lengths[role] = Math.max(lengths[role], length);
    }

    float[] buffer(int role) {
        if (buffers[role] == null) {
            buffers[role] = new float[lengths[role]];
        }
        return buffers[role];
    }
}
