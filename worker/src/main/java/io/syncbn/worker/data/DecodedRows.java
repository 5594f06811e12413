package io.syncbn.worker.data;

import io.syncbn.worker.nn.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/**
 * A split that keeps some rows decoded, as bytes where they are bytes, so that reading them is a copy. Other rows are
 * decoded at every read.
 *
 * <p>Thread-safe; the table is replaced as a whole.
 */
final class DecodedRows implements Dataset.Split {
    /** An array's header, and a reference to it in each of the two tables while one takes the place of the other. */
    private static final int ARRAY_BYTES = 16 + 2 * Long.BYTES;

    private static final int ALIGNMENT = 8;

    private final Dataset.Split source;
    private final Shape shape;
    /** By row: {@code byte[]}, {@code float[]}, or null where the row is not kept. */
    private volatile Object[] table;

    DecodedRows(Dataset.Split source, Shape shape) {
        this.source = source;
        this.shape = shape;
        this.table = new Object[source.size()];
    }

    /**
     * Keeps these rows, as many as fit into the budget in their order, and forgets all others.
     *
     * @param threads to decode with
     * @return bytes of memory that the rows take
     * @throws DataException if one of them cannot be read: the first in their order, whatever the number of threads
     */
    long prepare(int[] rows, long budgetBytes, int threads) {
        long rowBytes = rowBytes();
        int kept = (int) Math.min(rows.length, Math.max(0, budgetBytes) / rowBytes);
        Object[] retained = new Object[source.size()];
        for (int i = 0; i < kept; i++) {
            retained[rows[i]] = table[rows[i]];
        }
        table = retained;
        Object[] decoded = retained.clone();
        inParallel(kept, threads, i -> {
            if (decoded[rows[i]] == null) {
                decoded[rows[i]] = decode(rows[i]);
            }
        });
        table = decoded;
        return kept * rowBytes;
    }

    /** Memory of one row, with the array's overhead, which is most of it for short rows. */
    private long rowBytes() {
        long payload = (long) shape.size() * (source instanceof ByteSplit ? Byte.BYTES : Float.BYTES);
        return ARRAY_BYTES + (payload + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private Object decode(int row) {
        if (source instanceof ByteSplit bytes) {
            byte[] values = new byte[shape.size()];
            bytes.readBytes(row, values, 0);
            return values;
        }
        float[] values = new float[shape.size()];
        source.read(row, values, 0);
        return values;
    }

    /**
     * Runs tasks 0 … count − 1 and waits for them. Threads take tasks in order until one fails, and finish those they
     * took, so all tasks before the first faulty one have run, and its exception is the one thrown.
     */
    private static void inParallel(int count, int threads, IntConsumer task) {
        AtomicInteger next = new AtomicInteger();
        AtomicReference<Fault> fault = new AtomicReference<>();
        Runnable work = () -> {
            while (fault.get() == null) {
                int i = next.getAndIncrement();
                if (i >= count) {
                    return;
                }
                try {
                    task.accept(i);
                } catch (RuntimeException | Error e) {
                    Fault here = new Fault(i, e);
                    fault.accumulateAndGet(here, (a, b) -> a == null || b.index < a.index ? b : a);
                }
            }
        };
        List<Thread> others = new ArrayList<>();
        for (int i = 1; i < Math.min(threads, count); i++) {
            Thread thread = new Thread(work, "decode-" + i);
            thread.setDaemon(true);
            thread.start();
            others.add(thread);
        }
        work.run();
        others.forEach(DecodedRows::join);
        if (fault.get() != null) {
            fault.get().rethrow();
        }
    }

    private record Fault(int index, Throwable cause) {
        void rethrow() {
            if (cause instanceof DataException e) {
                throw e; // unchanged: it says whether data or machine is at fault
            }
            throw new IllegalStateException("row number " + index + " of those to decode", cause);
        }
    }

    /** Keeps waiting when interrupted: decoding ends by itself, and half a table is of no use. */
    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public int size() {
        return source.size();
    }

    @Override
    public int label(int row) {
        return source.label(row);
    }

    @Override
    public void read(int row, float[] destination, int offset) {
        Object values = table[row];
        if (values instanceof byte[] bytes) {
            ByteSplit.toFloats(bytes, destination, offset);
        } else if (values instanceof float[] floats) {
            System.arraycopy(floats, 0, destination, offset, floats.length);
        } else {
            source.read(row, destination, offset);
        }
    }
}
