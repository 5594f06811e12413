package io.syncbn.deploy.export;

import io.syncbn.worker.data.DataFormat;
import io.syncbn.worker.data.Dataset;
import io.syncbn.worker.data.InMemoryDataset;
import io.syncbn.worker.nn.Shape;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Flat features as a class of the user's own gives them. */
public final class Flowers implements DataFormat {
    private static final int FEATURES = 5;

    @Override
    public Dataset open(String path) {
        return new InMemoryDataset(Shape.flat(FEATURES), 3, rows(30, 1), rows(6, 2));
    }

    private static List<InMemoryDataset.Row> rows(int count, long seed) {
        Random random = new Random(seed);
        return IntStream.range(0, count)
                .mapToObj(row -> {
                    float[] values = new float[FEATURES];
                    for (int i = 0; i < FEATURES; i++) {
                        values[i] = (float) (100 * i + (1 + i) * random.nextGaussian() + row % 3);
                    }
                    return new InMemoryDataset.Row(row % 3, values);
                })
                .toList();
    }
}
