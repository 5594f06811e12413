package io.syncbn.worker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.proto.job.Job.DataSource;
import io.syncbn.worker.data.InMemoryDataset.Row;
import io.syncbn.worker.nn.Shape;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a data format is found by its name, and what is said where that, or the user's own class, is wrong. */
class DataFormatsTest {
    private static final Shape SHAPE = Shape.flat(2);

    private static Dataset two() {
        List<Row> rows = List.of(new Row(0, new float[] {1, 2}), new Row(1, new float[] {3, 4}));
        return new InMemoryDataset(SHAPE, 2, rows, rows);
    }

    /** A user's format, which opens what its path asks for. */
    public static final class Own implements DataFormat {
        @Override
        public Dataset open(String path) throws IOException {
            Dataset two = two();
            return switch (path) {
                case "", "two" -> two;
                case "null" -> null;
                case "io" -> throw new IOException("the disk is gone");
                case "missing" -> throw new FileNotFoundException("rows.csv");
                case "data" -> throw new DataException("row 3 is odd");
                case "mistake" -> throw new IllegalStateException("no rows today");
                case "jar" -> throw new NoClassDefFoundError("org/parser/Parser");
                case "digest" -> dataset(two.train(), 2, "md5:1234");
                case "classes" -> dataset(two.train(), 0, two.digest());
                case "names" -> described(List.of("cat"), 1);
                case "no-name" -> described(Arrays.asList("cat", null), 1);
                case "scale" -> described(List.of("cat", "dog"), 0);
                case "described" -> described(List.of("cat", "dog"), 16);
                case "labels" -> dataset(two.train(), 1, two.digest());
                case "empty" -> dataset(new InMemorySplit(new float[0][], new int[0]), 2, two.digest());
                case "row" -> dataset(new BadRow(new IllegalStateException("torn")), 2, two.digest());
                case "row-io" -> dataset(new BadRow(new UncheckedIOException(new IOException("EIO"))), 2, two.digest());
                default -> throw new AssertionError(path);
            };
        }
    }

    private static Dataset dataset(Dataset.Split train, int classes, String digest) {
        return new OpenDataset(SHAPE, Dataset.numbers(classes), train, two().test(), digest, () -> {});
    }

    /** Two classes, with what a data set may say beside its rows. */
    private static Dataset described(List<String> classNames, double storedScale) {
        Dataset two = two();
        return new Dataset() {
            @Override
            public Shape shape() {
                return SHAPE;
            }

            @Override
            public int classes() {
                return 2;
            }

            @Override
            public List<String> classNames() {
                return classNames;
            }

            @Override
            public double storedScale() {
                return storedScale;
            }

            @Override
            public Split train() {
                return two.train();
            }

            @Override
            public Split test() {
                return two.test();
            }

            @Override
            public String digest() {
                return two.digest();
            }

            @Override
            public void close() {}
        };
    }

    private record BadRow(RuntimeException fault) implements Dataset.Split {
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
            throw fault;
        }
    }

    /** A class that fails. */
    public static final class Failing implements DataFormat {
        public Failing() {
            throw new IllegalStateException("no licence");
        }

        @Override
        public Dataset open(String path) {
            throw new AssertionError("was never made");
        }
    }

    /** A class that cannot even be loaded. */
    public static final class Unloadable implements DataFormat {
        static final int SIZE = Integer.parseInt("many");

        @Override
        public Dataset open(String path) {
            throw new AssertionError("was never made");
        }
    }

    private static Dataset open(String data) {
        return DataFormats.open(DataSource.of(data), 0);
    }

    private static String own(String path) {
        return "class:" + Own.class.getName() + (path.isEmpty() ? "" : ":" + path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two"})
    void aClassOfTheUsersOpensItsData(String path) {
        try (Dataset data = open(own(path))) {
            float[] row = new float[3];
            data.train().read(1, row, 1);
            assertThat(row).containsExactly(0, 3, 4);
            assertThat(data.shape()).isEqualTo(SHAPE);
            assertThat(data.classes()).isEqualTo(2);
            assertThat(data.classNames()).containsExactly("0", "1");
            assertThat(data.storedScale()).isEqualTo(1);
            assertThat(data.test().size()).isEqualTo(2);
            assertThat(data.test().label(1)).isEqualTo(1);
            assertThat(data.digest()).isEqualTo(two().digest());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mnist | --data is 'mnist'; expected mnist:PATH",
                "npy: | --data is 'npy'; expected npy:PATH",
                "shapes:/tmp | --data is 'shapes:/tmp'; expected shapes without a path",
                "class::/tmp | --data is 'class::/tmp'; expected class:NAME[:PATH]",
                "class: | --data is 'class:'; expected class:NAME[:PATH]",
            })
    void aNameThatIsWrongIsToldWithoutALook(String data, String problem) {
        assertThat(DataFormats.problem(DataSource.of(data))).contains(problem);
        assertThatThrownBy(() -> open(data)).isInstanceOf(DataException.class).hasMessage(problem);
    }

    @ParameterizedTest
    @CsvSource({"tfds, ''", "minst, ; did you mean mnist?", "com.example.My, ; did you mean class:com.example.My?"})
    void aFormatThatIsUnknownIsToldWithAllThatAre(String format, String hint) {
        assertThat(DataFormats.problem(DataSource.of(format + ":x")).orElseThrow())
                .startsWith("--data is '" + format + ":x'; expected shapes, mnist:PATH, ")
                .endsWith(", or class:NAME[:PATH]" + hint);
    }

    @ParameterizedTest
    @ValueSource(strings = {"shapes", "mnist:a", "cifar10:a", "imagefolder:a", "npy:a", "class:A", "class:a.B:c:d"})
    void aNameThatMayBeRightIsNoProblem(String data) {
        assertThat(DataFormats.problem(DataSource.of(data))).isEmpty();
    }

    @Test
    void aClassOfTheUsersMayNameItsClasses() {
        try (Dataset data = new DecodedDataset(open(own("described")), 1 << 20)) {
            assertThat(data.classNames()).containsExactly("cat", "dog");
            assertThat(data.storedScale()).isEqualTo(16);
        }
    }

    private static void assertRefused(String data, String... fragments) {
        assertThatThrownBy(() -> open(data))
                .isInstanceOfSatisfying(DataException.class, e -> assertThat(e.isOfThisMachine())
                        .isFalse())
                .hasMessageContainingAll(fragments);
    }

    @Test
    void aClassThatIsNoFormatIsToldByName() {
        assertRefused("class:com.example.Data:x", "there is no class \"com.example.Data\" on the class path");
        assertRefused("class:minst:x", "there is no class \"minst\"", "did you mean mnist?");
        assertRefused(
                "class:java.lang.String",
                "class java.lang.String is not a data format: it does not implement " + DataFormat.class.getName());
        assertRefused("class:" + DataFormat.class.getName(), "it must be public and not abstract");
        assertRefused("class:" + Failing.class.getName(), "the constructor of ", "Failing failed: ", "no licence");
        assertRefused("class:" + Unloadable.class.getName(), "Unloadable cannot be loaded: ", "\"many\"");
    }

    @Test
    void whatAClassDoesWrongIsAFaultOfTheData() {
        assertRefused(own("null"), Own.class.getName() + ": opened nothing");
        assertRefused(own("data"), "row 3 is odd");
        assertRefused(own("mistake"), Own.class.getName() + " could not open 'mistake': ", "no rows today");
        assertRefused(own("jar"), Own.class.getName() + " could not open 'jar': ", "org/parser/Parser");
        assertRefused(own("digest"), "has the digest 'md5:1234', expected 64 hexadecimal digits");
        assertRefused(own("classes"), "has 0 classes, expected at least 1");
        assertRefused(own("names"), "has 1 names of classes, expected 2");
        assertRefused(own("no-name"), "has no name for each class: null");
        assertRefused(own("scale"), "has a stored scale of 0.0, expected a number above 0");
        assertRefused(own("labels"), "training row 1 has label 1, expected 0 to 0");
        assertRefused(own("empty"), "has no training rows");
    }

    @Test
    void aDiskThatFailsIsTheMachines() {
        assertThatThrownBy(() -> open(own("io")))
                .isInstanceOfSatisfying(DataException.class, e -> assertThat(e.isOfThisMachine())
                        .isTrue())
                .hasMessageContainingAll("io: cannot be read", "the disk is gone");
    }

    @Test
    void aRowThatCannotBeReadIsNamed() {
        try (Dataset data = open(own("row"))) {
            assertThatThrownBy(() -> data.train().read(0, new float[2], 0))
                    .isInstanceOf(DataException.class)
                    .hasMessageContainingAll(Own.class.getName() + ": training row 0 cannot be read", "torn");
        }
        try (Dataset data = open(own("row-io"))) {
            assertThatThrownBy(() -> data.train().read(0, new float[2], 0))
                    .isInstanceOfSatisfying(DataException.class, e -> assertThat(e.isOfThisMachine())
                            .isTrue());
        }
    }

    @Test
    void sizesThatAFormatDoesNotHaveAreNamedBeforeAnythingIsOpened() {
        String fixed = "--image-size is for the pictures of shapes and imagefolder; mnist has a fixed size";
        assertThat(DataFormats.problem(DataSource.of("mnist:nowhere"), 8)).contains(fixed);
        assertThatThrownBy(() -> DataFormats.open(DataSource.of("mnist:nowhere"), 8))
                .isInstanceOf(DataException.class)
                .hasMessage(fixed);
        assertThat(DataFormats.problem(DataSource.of("shapes"), 7))
                .contains("--image-size is '7'; expected 0 or a whole number from 8 for shapes");
        assertThatThrownBy(() -> DataFormats.open(DataSource.of("shapes"), 7)).isInstanceOf(DataException.class);
        assertThat(DataFormats.problem(DataSource.of("sheep"), 8).orElseThrow()).startsWith("--data is 'sheep'");
        for (String data : List.of("shapes", "mnist:nowhere", "imagefolder:nowhere", own("two"))) {
            assertThat(DataFormats.problem(DataSource.of(data), 0)).as(data).isEmpty();
        }
        assertThat(DataFormats.problem(DataSource.of("shapes"), 8)).isEmpty();
        assertThat(DataFormats.problem(DataSource.of("imagefolder:nowhere"), 1)).isEmpty();
        assertThatThrownBy(() -> DataFormats.open(DataSource.of(own("two")), 8))
                .isInstanceOf(DataException.class)
                .hasMessageEndingWith("Own has a fixed size");
    }

    /** Of numbers, labels, shape and order, and of nothing else. */
    @Test
    void theDigestOfRowsInMemoryIsThatOfTheirNumbers() {
        List<Row> rows = List.of(new Row(0, new float[] {1, 2}), new Row(1, new float[] {3, 4}));
        List<Row> turned = List.of(rows.get(1), rows.get(0));
        List<Row> labelled = List.of(rows.get(0), new Row(0, new float[] {3, 4}));
        List<Row> changed = List.of(rows.get(0), new Row(1, new float[] {3, 5}));
        assertThat(List.of(
                        new InMemoryDataset(SHAPE, 2, rows, rows).digest(),
                        new InMemoryDataset(SHAPE, 2, turned, rows).digest(),
                        new InMemoryDataset(SHAPE, 2, labelled, rows).digest(),
                        new InMemoryDataset(SHAPE, 2, changed, rows).digest(),
                        new InMemoryDataset(SHAPE, 3, rows, rows).digest(),
                        new InMemoryDataset(new Shape(1, 2, 1), 2, rows, rows).digest()))
                .doesNotHaveDuplicates()
                .startsWith(two().digest());
    }

    @Test
    void aRowInMemoryThatDoesNotFitIsNamed() {
        List<Row> good = List.of(new Row(0, new float[2]));
        assertThatThrownBy(() -> new InMemoryDataset(SHAPE, 2, good, List.of(new Row(0, new float[3]))))
                .hasMessage("test row 0 has 3 numbers, expected 2 (1x1x2)");
        assertThatThrownBy(() -> new InMemoryDataset(SHAPE, 2, List.of(new Row(2, new float[2])), good))
                .hasMessage("training row 0 has label 2, expected 0 to 1");
        assertThatThrownBy(() -> new InMemoryDataset(SHAPE, 2, List.of(), good))
                .hasMessage("there are no training rows");
    }
}
