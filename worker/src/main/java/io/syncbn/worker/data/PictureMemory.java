package io.syncbn.worker.data;

import java.util.concurrent.Semaphore;

/**
 * Limits the memory of pictures that are being decoded: a few bytes can announce a picture of any size, and several are
 * decoded at once. A picture that would exceed the limit waits for others; one that exceeds it alone is refused.
 * Thread-safe.
 */
final class PictureMemory {
    private static final int UNIT = 1024;

    private final int units;
    private final Semaphore free;

    PictureMemory(long mostBytes) {
        units = (int) Math.min(Integer.MAX_VALUE, mostBytes / UNIT);
        free = new Semaphore(units, true);
    }

    /** A quarter of the heap; decoded rows may take half of it. */
    static PictureMemory ofHeap() {
        return new PictureMemory(Runtime.getRuntime().maxMemory() / 4);
    }

    /**
     * Waits until there is room for a picture.
     *
     * @param name of the picture, for messages
     * @return to be closed when the picture is done with
     */
    Share take(String name, int height, int width, int bytesPerPixel) {
        long bytes = (long) height * width * bytesPerPixel;
        long wanted = bytes / UNIT + 1;
        if (wanted > units) {
            throw new DataException(name + ": is " + height + " x " + width + " pixels, which takes "
                    + (bytes >> 20) + " MiB to decode; this process has " + ((long) units * UNIT >> 20)
                    + " MiB for that, a quarter of its heap: scale the picture down, or give more heap (-Xmx)");
        }
        free.acquireUninterruptibly((int) wanted);
        return () -> free.release((int) wanted);
    }

    /** Memory that a picture takes. */
    @FunctionalInterface
    interface Share extends AutoCloseable {
        @Override
        void close();
    }
}
