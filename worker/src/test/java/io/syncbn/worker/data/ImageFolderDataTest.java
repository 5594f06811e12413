package io.syncbn.worker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.worker.nn.Shape;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ImageFolderDataTest {
    static final byte[] RED = TestFiles.picture("png", BufferedImage.TYPE_INT_RGB, 4, 4, 0xFFFF0000);
    private static final byte[] BLUE = TestFiles.picture("jpg", BufferedImage.TYPE_INT_RGB, 4, 4, 0xFF0000FF);
    private static final byte[] WIDE = TestFiles.picture("png", BufferedImage.TYPE_INT_RGB, 4, 6, 0xFFFFFFFF);

    @TempDir
    Path directory;

    enum Container {
        DIRECTORY,
        ZIP
    }

    private Dataset open(Container container, Map<String, byte[]> files, int imageSize) {
        Path path = container == Container.ZIP
                ? TestFiles.zip(directory.resolve("data.zip"), files)
                : TestFiles.directory(directory.resolve("data"), files);
        return TestFiles.open("imagefolder", path, imageSize);
    }

    static Map<String, byte[]> files() {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("train/dog/2.JPEG", BLUE);
        files.put("train/dog/1.png", RED);
        files.put("train/a cat/9.png", RED);
        files.put("train/.DS_Store", new byte[3]);
        files.put("train/dog/.hidden", new byte[3]);
        files.put("test/dog/1.png", RED);
        files.put("readme.txt", new byte[3]);
        return files;
    }

    @ParameterizedTest
    @EnumSource
    void ordersRowsByClassAndName(Container container) {
        try (Dataset data = open(container, files(), 0)) {
            assertThat(data.shape()).isEqualTo(new Shape(4, 4, 3));
            assertThat(data.classes()).isEqualTo(2);
            assertThat(data.classNames()).containsExactly("a cat", "dog");
            assertThat(data.storedScale()).isEqualTo(255);
            assertThat(data.train().size()).isEqualTo(3);
            assertThat(data.train().label(0)).isZero();
            assertThat(data.train().label(1)).isOne();
            assertThat(data.test().size()).isOne();
            assertThat(data.test().label(0)).isOne();
            float[] values = new float[48];
            data.train().read(1, values, 0);
            assertThat(Arrays.copyOf(values, 6)).containsExactly(0, 0, 0, 1, 0, 0);
            data.train().read(2, values, 0);
            assertThat(values[47]).isGreaterThan(0.8f);
        }
    }

    @ParameterizedTest
    @EnumSource
    void takesValForTest(Container container) {
        Map<String, byte[]> files = files();
        files.put("val/dog/1.png", files.remove("test/dog/1.png"));
        try (Dataset data = open(container, files, 0)) {
            assertThat(data.test().size()).isOne();
        }
    }

    /** As folders of pictures look after they were on a Windows machine, a Mac, or a disk station. */
    @ParameterizedTest
    @EnumSource
    void skipsWhatOperatingSystemsLeaveBehind(Container container) {
        Map<String, byte[]> files = files();
        for (String folder : List.of("", "train/", "train/dog/", "test/", "test/dog/")) {
            for (String name : List.of(
                    "Thumbs.db", "desktop.ini", "ehthumbs.db", "._1.png", ".DS_Store", "Icon\r", "@eaDir/1.png")) {
                files.put(folder + name, new byte[3]);
            }
        }
        files.put("__MACOSX/train/dog/._1.png", new byte[3]);
        files.put("$RECYCLE.BIN/desktop.ini", new byte[3]);
        String digest;
        try (Dataset data = open(container, files, 0)) {
            assertThat(data.train().size()).isEqualTo(3);
            assertThat(data.test().size()).isOne();
            digest = data.digest();
        }
        assertThat(digest).isEqualTo(digest(container, files()));
    }

    @ParameterizedTest
    @EnumSource
    void takesValWhereTestHasNoClasses(Container container) {
        for (String unlabelled : List.of("test/000.png", "test/images/000.png")) {
            Map<String, byte[]> files = files();
            files.put("val/dog/1.png", files.remove("test/dog/1.png"));
            files.put(unlabelled, RED);
            try (Dataset data = open(container, files, 0)) {
                assertThat(data.test().size()).isOne();
                assertThat(data.test().label(0)).isOne();
            }
            files.remove(unlabelled);
        }
    }

    @ParameterizedTest
    @EnumSource
    void comparesNamesInOneSpelling(Container container) {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("train/caf\u00e9/1.png", RED);
        files.put("train/cafe\u0301/2.png", BLUE);
        files.put("train/dog/1.png", RED);
        files.put("test/cafe\u0301/1.png", RED);
        try (Dataset data = open(container, files, 0)) {
            assertThat(data.classes()).isEqualTo(2);
            assertThat(data.train().size()).isEqualTo(3);
            assertThat(data.train().label(1)).isZero();
            float[] values = new float[48];
            data.train().read(1, values, 0);
            assertThat(values[47]).isGreaterThan(0.8f);
        }
    }

    @ParameterizedTest
    @EnumSource
    void takesAFolderAroundAll(Container container) {
        Map<String, byte[]> files = new TreeMap<>();
        files().forEach((name, content) -> files.put("pets/" + name, content));
        files.put("LICENSE", new byte[3]);
        files.put("__MACOSX/pets/train/._dog", new byte[3]);
        try (Dataset data = open(container, files, 0)) {
            assertThat(data.train().size()).isEqualTo(3);
            assertThat(data.digest()).isEqualTo(digest(container, files()));
        }
    }

    @Test
    void readsPathsInAZipAsProgramsWriteThem() {
        for (UnaryOperator<String> rename : List.<UnaryOperator<String>>of(
                name -> "./" + name,
                name -> "/" + name,
                name -> name.replace("/", "\\"),
                name -> "a/b/" + name,
                name -> ".\\pets\\" + name.replace("/", "\\"))) {
            Map<String, byte[]> files = new TreeMap<>();
            files().forEach((name, content) -> files.put(rename.apply(name), content));
            files.put("../train/dog/outside.png", RED);
            try (Dataset data = open(Container.ZIP, files, 0)) {
                assertThat(data.digest()).isEqualTo(digest(Container.ZIP, files()));
            }
        }
    }

    /** Where no locale is set, as in most containers, Java takes names for ASCII. */
    @Test
    void namesAreTheSameInALocaleThatHasOnlyAscii() throws Exception {
        Map<String, byte[]> files = new TreeMap<>();
        for (String name : List.of("caf\u00e9", "caf\u00e8")) {
            files.put("train/" + name + "/1.png", RED);
            files.put("test/" + name + "/1.png", RED);
        }
        String digest = digest(Container.DIRECTORY, files);
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                PrintDigest.class.getName(),
                directory.resolve("data").toString());
        java.environment().put("LC_ALL", "C");
        Process process = java.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said).contains(digest);
    }

    /** Names are bytes; these are no UTF-8. */
    @Test
    void readsFoldersWhoseNamesAreNoText() throws Exception {
        Path list = directory.resolve("data");
        String script = "for p in train test; do for c in \"$(printf 'caf\\351')\" \"$(printf 'caf\\350')\"; do"
                + " mkdir -p \"$1/$p/$c\" && cp \"$2\" \"$1/$p/$c/1.png\"; done; done";
        TestFiles.write(directory.resolve("red.png"), RED);
        Process made = new ProcessBuilder(
                        "sh",
                        "-c",
                        script,
                        "sh",
                        list.toString(),
                        directory.resolve("red.png").toString())
                .inheritIO()
                .start();
        assertThat(made.waitFor()).isZero();
        try (Dataset data = TestFiles.open("imagefolder", list)) {
            assertThat(data.classes()).isEqualTo(2);
            float[] values = new float[48];
            data.train().read(1, values, 0);
            assertThat(Arrays.copyOf(values, 6)).containsExactly(0, 0, 0, 1, 0, 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void digestIsOfContentNotOfPlace(Container container, @TempDir Path elsewhere) {
        String digest = digest(container, files());
        Map<String, byte[]> renamed = files();
        renamed.put("train/dog/3.png", renamed.remove("train/dog/1.png"));
        Map<String, byte[]> changed = files();
        changed.put("test/dog/1.png", WIDE);
        Path moved = container == Container.ZIP
                ? TestFiles.zip(elsewhere.resolve("other.zip"), files())
                : TestFiles.directory(elsewhere, files());
        try (Dataset data = TestFiles.open("imagefolder", moved)) {
            assertThat(data.digest()).isEqualTo(digest);
        }
        assertThat(digest(container, changed)).isNotEqualTo(digest);
        assertThat(digest(Container.ZIP, renamed)).isNotEqualTo(digest);
    }

    private String digest(Container container, Map<String, byte[]> files) {
        try (Dataset data = open(container, files, 0)) {
            return data.digest();
        }
    }

    @Test
    void scalesAllPicturesWhenToldTo() {
        Map<String, byte[]> files = files();
        files.put("test/dog/1.png", WIDE);
        try (Dataset data = open(Container.ZIP, files, 2)) {
            assertThat(data.shape()).isEqualTo(new Shape(2, 2, 3));
            float[] values = new float[12];
            data.test().read(0, values, 0);
            assertThat(values[0]).isBetween(0.8f, 0.95f);
            assertThat(values[11]).isEqualTo(1);
        }
    }

    record Fault(String file, byte[] content, List<String> words) {
        @Override
        public String toString() {
            return words.toString();
        }
    }

    /** What is wrong with the tree as a whole: found when it is opened. */
    static List<Fault> faultsOfTheTree() {
        return List.of(
                new Fault(
                        "train/dog/notes.txt", new byte[1], List.of("train/dog/notes.txt", "unsupported type", ".png")),
                new Fault("train/dog/puppies/1.png", RED, List.of("train/dog/puppies/", "deeper than train/CLASS")),
                new Fault("train/1.png", RED, List.of("train/1.png", "expected train/CLASS/1.png")),
                new Fault("test/bird/1.png", RED, List.of("test/bird", "no class of train's", "a cat, dog")),
                new Fault("train/empty/", new byte[0], List.of("class train/empty holds no pictures")),
                new Fault("train/a cat/9.png", new byte[9], List.of("train/a cat/9.png", "not a picture")));
    }

    @ParameterizedTest
    @MethodSource("faultsOfTheTree")
    void namesWhatIsWrongWithTheTree(Fault fault) {
        Map<String, byte[]> files = files();
        files.put(fault.file, fault.content);
        for (Container container : Container.values()) {
            assertThatThrownBy(() -> open(container, files, 0))
                    .isInstanceOf(DataException.class)
                    .hasMessageContainingAll(fault.words.toArray(String[]::new));
        }
    }

    @ParameterizedTest
    @EnumSource
    void namesMissingFolders(Container container) {
        Map<String, byte[]> files = files();
        files.remove("test/dog/1.png");
        assertThatThrownBy(() -> open(container, files, 0))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no test (or val) folder");
        assertThatThrownBy(() -> TestFiles.open(
                        "imagefolder", TestFiles.zip(directory.resolve("b.zip"), Map.of("dog/1.png", RED))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no train folder");
    }

    /** What is wrong with one picture: found when its row is decoded. */
    static List<Fault> faultsOfAPicture() {
        byte[] jpeg = TestFiles.picture("jpg", BufferedImage.TYPE_INT_RGB, 64, 64, 0xFF808080);
        return List.of(
                new Fault(
                        "2.JPEG", Arrays.copyOf(BLUE, BLUE.length - 20), List.of("corrupt picture", "Truncated File")),
                new Fault("2.JPEG", Arrays.copyOf(jpeg, 100), List.of("corrupt picture")),
                new Fault("2.JPEG", new byte[0], List.of("not a picture")),
                new Fault("2.JPEG", Arrays.copyOf(RED, 40), List.of("corrupt picture")),
                new Fault("2.JPEG", WIDE, List.of("is 4 x 6 pixels", "expected 4 x 4", "--image-size")));
    }

    @ParameterizedTest
    @MethodSource("faultsOfAPicture")
    void namesWhatIsWrongWithAPicture(Fault fault) {
        Map<String, byte[]> files = files();
        files.put("train/dog/2.JPEG", fault.content);
        for (Container container : Container.values()) {
            try (Dataset data = open(container, files, 0)) {
                assertThatThrownBy(() -> data.train().read(2, new float[48], 0))
                        .isInstanceOf(DataException.class)
                        .hasMessageContaining("train/dog/2.JPEG")
                        .hasMessageContainingAll(fault.words.toArray(String[]::new));
            }
        }
    }

    @Test
    void namesADamagedZip() throws Exception {
        Path zip = TestFiles.zip(directory.resolve("data.zip"), files());
        byte[] content = Files.readAllBytes(zip);
        byte[] cut = Arrays.copyOf(content, content.length / 2);
        TestFiles.write(directory.resolve("cut.zip"), cut);
        assertThatThrownBy(() -> TestFiles.open("imagefolder", directory.resolve("cut.zip")))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("cut.zip", "cannot be read as a zip");
    }

    @Test
    void namesAFileWhoseChecksumIsWrong() throws Exception {
        Path zip = TestFiles.zip(directory.resolve("data.zip"), files());
        byte[] content = Files.readAllBytes(zip);
        int entry = new String(content, StandardCharsets.ISO_8859_1).lastIndexOf("PK\1\2");
        content[entry + 16] ^= 1;
        TestFiles.write(directory.resolve("wrong.zip"), content);
        assertThatThrownBy(() -> {
                    try (Dataset data = TestFiles.open("imagefolder", directory.resolve("wrong.zip"))) {
                        float[] values = new float[48];
                        for (int row = 0; row < data.train().size(); row++) {
                            data.train().read(row, values, 0);
                        }
                    }
                })
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("train/dog/2.JPEG", "checksum is", "the zip is damaged");
    }
}
