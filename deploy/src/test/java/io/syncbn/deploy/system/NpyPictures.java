package io.syncbn.deploy.system;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** Random pictures of 3 classes in NumPy's format, as {@code --data npy:DIR} takes them. */
final class NpyPictures {
    private static final int CLASSES = 3;
    private static final int CHANNELS = 3;
    private static final int SIDE = 12;
    private static final int MAGIC_BYTES = 10;

    /** Of all that stands before the numbers. */
    private static final int HEADER_BYTES = 128;

    private NpyPictures() {}

    /** Writes training and test pictures. */
    static Path write(Path directory, int trainRows, int testRows) throws IOException {
        Files.createDirectories(directory);
        Random random = new Random(20260131);
        write(directory, "train", trainRows, random);
        write(directory, "test", testRows, random);
        return directory;
    }

    /** The same with a little more of one colour for each class, which a model can learn, if not without errors. */
    static Path writeTinted(Path directory, int trainRows, int testRows) throws IOException {
        Files.createDirectories(directory);
        Random random = new Random(20260201);
        writeTinted(directory, "train", trainRows, random);
        writeTinted(directory, "test", testRows, random);
        return directory;
    }

    private static void writeTinted(Path directory, String part, int rows, Random random) throws IOException {
        byte[] pictures = new byte[rows * CHANNELS * SIDE * SIDE];
        for (int i = 0; i < pictures.length; i++) {
            int plane = i / (SIDE * SIDE);
            boolean isTinted = plane % CHANNELS == plane / CHANNELS % CLASSES;
            pictures[i] = (byte) (random.nextInt(200) + (isTinted ? 14 : 0));
        }
        write(directory, part, rows, pictures);
    }

    /** The bytes of an array's file. */
    static byte[] bytes(Path file) throws IOException {
        byte[] all = Files.readAllBytes(file);
        return Arrays.copyOfRange(all, HEADER_BYTES, all.length);
    }

    /** Changes the label of a row. */
    static void label(Path labels, int row, int label) throws IOException {
        byte[] file = Files.readAllBytes(labels);
        file[HEADER_BYTES + row] = (byte) label;
        Files.write(labels, file);
    }

    private static void write(Path directory, String part, int rows, Random random) throws IOException {
        byte[] pictures = new byte[rows * CHANNELS * SIDE * SIDE];
        random.nextBytes(pictures);
        write(directory, part, rows, pictures);
    }

    private static void write(Path directory, String part, int rows, byte[] pictures) throws IOException {
        byte[] labels = new byte[rows];
        for (int row = 0; row < rows; row++) {
            labels[row] = (byte) (row % CLASSES);
        }
        array(directory.resolve("x_" + part + ".npy"), pictures, rows + ", " + CHANNELS + ", " + SIDE + ", " + SIDE);
        array(directory.resolve("y_" + part + ".npy"), labels, rows + ",");
    }

    private static void array(Path file, byte[] values, String shape) throws IOException {
        String header = "{'descr': '|u1', 'fortran_order': False, 'shape': (" + shape + "), }";
        int paddedBytes = HEADER_BYTES - MAGIC_BYTES;
        header += " ".repeat(paddedBytes - header.length() - 1) + "\n";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) paddedBytes, 0});
        out.write(header.getBytes(StandardCharsets.US_ASCII));
        out.write(values);
        Files.write(file, out.toByteArray());
    }
}
