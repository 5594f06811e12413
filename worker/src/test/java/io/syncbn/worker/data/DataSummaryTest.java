package io.syncbn.worker.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.worker.nn.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class DataSummaryTest {

    private static List<String> lines(Shape shape) {
        Dataset.Split split = new Dataset.Split() {
            @Override
            public int size() {
                return 40;
            }

            @Override
            public int label(int row) {
                return 0;
            }

            @Override
            public void read(int row, float[] destination, int offset) {
                throw new UnsupportedOperationException();
            }
        };
        return DataSummary.lines(new OpenDataset(shape, Dataset.numbers(10), split, split, "digest", () -> {}));
    }

    @Test
    void saysRowsShapeAndClasses() {
        assertThat(lines(new Shape(8, 6, 3)))
                .containsExactly(
                        "data: training, 40 rows of 3 x 8 x 6 (channels x height x width), 10 classes",
                        "data: test, 40 rows of 3 x 8 x 6 (channels x height x width)");
        assertThat(lines(Shape.flat(7)))
                .containsExactly(
                        "data: training, 40 rows of 7 features, 10 classes", "data: test, 40 rows of 7 features");
    }

    @Test
    void asksWhetherChannelsComeLast() {
        assertThat(lines(new Shape(32, 3, 32)))
                .hasSize(3)
                .element(1)
                .asString()
                .isEqualTo("data: is its last dimension, 3, the channels, and not the second, 32? They are expected as"
                        + " N x C x H x W; x.transpose(0, 3, 1, 2) in NumPy");
        assertThat(lines(new Shape(28, 1, 28))).hasSize(3);
        assertThat(lines(new Shape(3, 3, 3))).hasSize(2);
        assertThat(lines(new Shape(9, 1, 1))).hasSize(2);
    }
}
