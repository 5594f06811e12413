package io.syncbn.worker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.worker.nn.Shape;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecodedDatasetTest {
    private static final Shape SHAPE = new Shape(2, 2, 1);

    private final CountingSplit train = new CountingSplit(20, Set.of(13, 7, 17));
    private final CountingSplit test = new CountingSplit(4, Set.of());

    private DecodedDataset dataset(long budgetBytes) {
        return new DecodedDataset(
                new OpenDataset(SHAPE, Dataset.numbers(2), train, test, "digest", () -> {}), budgetBytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void readsPreparedRowsFromMemory(int threads) {
        DecodedDataset data = dataset(1 << 20);
        data.prepare(new int[] {5, 2, 9}, new int[] {1}, threads);
        assertThat(train.decoded).hasValue(3);
        assertThat(value(data.train(), 2)).isEqualTo(2 / 255f);
        assertThat(value(data.train(), 9)).isEqualTo(9 / 255f);
        assertThat(value(data.test(), 1)).isEqualTo(1 / 255f);
        assertThat(train.decoded).hasValue(3);
        assertThat(test.decoded).hasValue(1);
        assertThat(value(data.train(), 3)).isEqualTo(3 / 255f);
        assertThat(train.decoded).as("a row that was not prepared").hasValue(4);
    }

    @Test
    void keepsWhatIsStillWantedAndForgetsTheRest() {
        DecodedDataset data = dataset(1 << 20);
        data.prepare(new int[] {1, 2, 3}, new int[0], 1);
        data.prepare(new int[] {3, 4}, new int[0], 1);
        assertThat(train.decoded).hasValue(4);
        value(data.train(), 3);
        assertThat(train.decoded).hasValue(4);
        value(data.train(), 1);
        assertThat(train.decoded).hasValue(5);
    }

    /** A row of 4 bytes is an array of 24 with two references to it. */
    @Test
    void keepsNoMoreThanTheBudget() {
        int row = 16 + 8 + 2 * 8;
        DecodedDataset data = dataset(3 * row + row - 1);
        data.prepare(new int[] {1, 2}, new int[] {0, 1, 2}, 2);
        assertThat(train.decoded).hasValue(2);
        assertThat(test.decoded).hasValue(1);
        assertThat(value(data.test(), 2)).isEqualTo(2 / 255f);
        value(data.test(), 2);
        assertThat(test.decoded).hasValue(3);
    }

    @Test
    void reportsTheFirstFaultWhateverTheThreads() {
        int[] all = new ShardRows(20, 1).of(0);
        for (int trial = 0; trial < 200; trial++) {
            int threads = 1 + trial % 5;
            assertThatThrownBy(() -> dataset(1 << 20).prepare(all, new int[0], threads))
                    .as("trial %d", trial)
                    .isInstanceOf(DataException.class)
                    .hasMessage("row 7 is corrupt");
        }
    }

    /** Only then do other machines, whose disks work, go on without this one. */
    @Test
    void aDiskThatFailsStaysThisMachinesFault() {
        InMemorySplit floats = new InMemorySplit(new float[1][4], new int[1]);
        Dataset.Split broken = new Dataset.Split() {
            @Override
            public int size() {
                return 1;
            }

            @Override
            public int label(int row) {
                return 0;
            }

            @Override
            public void read(int row, float[] destination, int offset) {
                throw DataException.unreadable("x.npy: row " + row, new IOException("Input/output error"));
            }
        };
        DecodedDataset data = new DecodedDataset(
                new OpenDataset(SHAPE, Dataset.numbers(2), broken, floats, "digest", () -> {}), 1 << 20);
        assertThatThrownBy(() -> data.prepare(new int[] {0}, new int[0], 1))
                .hasMessage("x.npy: row 0: cannot be read: Input/output error")
                .isInstanceOfSatisfying(DataException.class, fault -> assertThat(fault.isOfThisMachine())
                        .isTrue());
    }

    @Test
    void keepsFloats() {
        InMemorySplit floats = new InMemorySplit(new float[][] {{1, 2, 3, 4}, {5, 6, 7, 8}}, new int[] {0, 1});
        DecodedDataset data = new DecodedDataset(
                new OpenDataset(SHAPE, Dataset.numbers(2), floats, floats, "digest", () -> {}), 1 << 20);
        data.prepare(new int[] {1}, new int[0], 1);
        floats.values()[1][0] = 99;
        assertThat(value(data.train(), 1)).isEqualTo(5);
        assertThat(data.train().label(1)).isEqualTo(1);
    }

    private static float value(Dataset.Split split, int row) {
        float[] values = new float[5];
        split.read(row, values, 1);
        return values[1];
    }

    /** Row i is made of bytes i; counts how often one is decoded. */
    private record CountingSplit(int size, Set<Integer> corrupt, AtomicInteger decoded) implements ByteSplit {

        CountingSplit(int size, Set<Integer> corrupt) {
            this(size, corrupt, new AtomicInteger());
        }

        @Override
        public Shape shape() {
            return SHAPE;
        }

        @Override
        public int label(int row) {
            return 0;
        }

        @Override
        public void readBytes(int row, byte[] destination, int offset) {
            decoded.incrementAndGet();
            if (corrupt.contains(row)) {
                throw new DataException("row " + row + " is corrupt");
            }
            Arrays.fill(destination, offset, offset + 4, (byte) row);
        }
    }
}
