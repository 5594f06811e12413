package io.syncbn.worker.data;

import io.syncbn.proto.job.Job;
import io.syncbn.worker.nn.Shape;
import java.util.List;

/**
 * A data set that keeps a worker's rows decoded in memory, as far as a budget allows. Rows that are not kept are decoded
 * at every read, so that data of any size works, only slower.
 *
 * <p>Thread-safe. Closing it closes the source.
 */
public final class DecodedDataset implements Dataset {
    private final Dataset source;
    private final long budgetBytes;
    private final DecodedRows train;
    private final DecodedRows test;

    /** A job's data. Half of the heap may hold decoded rows; others are decoded at every read. */
    public static DecodedDataset open(Job job) {
        return new DecodedDataset(
                DataFormats.open(job.data().source(), job.data().imageSize()),
                Runtime.getRuntime().maxMemory() / 2);
    }

    public DecodedDataset(Dataset source, long budgetBytes) {
        this.source = source;
        this.budgetBytes = budgetBytes;
        train = new DecodedRows(source.train(), source.shape());
        test = new DecodedRows(source.test(), source.shape());
    }

    /**
     * Decodes the rows of a worker's shards, training rows first; rows prepared before are reused or forgotten. Called
     * before training and whenever the worker's shards change, by one thread at a time.
     *
     * @throws DataException if one of the rows that are kept cannot be read, naming file and fault
     */
    public void prepare(int[] trainRows, int[] testRows, int threads) {
        long used = train.prepare(trainRows, budgetBytes, threads);
        test.prepare(testRows, budgetBytes - used, threads);
    }

    @Override
    public Shape shape() {
        return source.shape();
    }

    @Override
    public int classes() {
        return source.classes();
    }

    @Override
    public List<String> classNames() {
        return source.classNames();
    }

    @Override
    public double storedScale() {
        return source.storedScale();
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
        return source.digest();
    }

    @Override
    public void close() {
        source.close();
    }
}
