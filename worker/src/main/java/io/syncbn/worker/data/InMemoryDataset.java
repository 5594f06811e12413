package io.syncbn.worker.data;

import io.syncbn.worker.nn.Shape;
import java.nio.ByteBuffer;
import java.util.List;

/** A data set whose rows all lie in memory, and whose digest is that of their numbers. */
public final class InMemoryDataset implements Dataset {
    private final Shape shape;
    private final int classes;
    private final Rows train;
    private final Rows test;
    private final String digest;

    /**
     * One row.
     *
     * @param label its class: 0 … classes − 1
     * @param values H × W × C numbers; not to be changed afterwards
     */
    public record Row(int label, float[] values) {}

    /** @throws DataException if a row does not match shape and classes */
    public InMemoryDataset(Shape shape, int classes, List<Row> train, List<Row> test) {
        this.shape = shape;
        this.classes = classes;
        this.train = rows("training", train);
        this.test = rows("test", test);
        ContentDigest all = new ContentDigest("memory")
                .number(shape.height())
                .number(shape.width())
                .number(shape.channels())
                .number(classes);
        add(all, train);
        add(all, test);
        digest = all.hex();
    }

    private Rows rows(String part, List<Row> rows) {
        if (rows.isEmpty()) {
            throw new DataException("there are no " + part + " rows");
        }
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            if (row.values().length != shape.size()) {
                throw new DataException(part + " row " + i + " has " + row.values().length + " numbers, expected "
                        + shape.size() + " (" + shape + ")");
            }
            if (row.label() < 0 || row.label() >= classes) {
                throw new DataException(
                        part + " row " + i + " has label " + row.label() + ", expected 0 to " + (classes - 1));
            }
        }
        return new Rows(List.copyOf(rows));
    }

    private void add(ContentDigest all, List<Row> rows) {
        all.number(rows.size());
        ByteBuffer bytes = ByteBuffer.allocate(shape.size() * Float.BYTES);
        for (Row row : rows) {
            bytes.clear().asFloatBuffer().put(row.values());
            all.number(row.label()).bytes(bytes.array(), 0, bytes.capacity());
        }
    }

    private record Rows(List<Row> rows) implements Split {
        @Override
        public int size() {
            return rows.size();
        }

        @Override
        public int label(int row) {
            return rows.get(row).label();
        }

        @Override
        public void read(int row, float[] destination, int offset) {
            float[] values = rows.get(row).values();
            System.arraycopy(values, 0, destination, offset, values.length);
        }
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public Split train() {
        return train;
    }

    @Override
    public Split test() {
        return test;
    }

    @Override
    public String digest() {
        return digest;
    }

    @Override
    public void close() {}
}
