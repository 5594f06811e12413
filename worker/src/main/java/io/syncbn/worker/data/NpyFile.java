package io.syncbn.worker.data;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * An array in a file of NumPy's format, versions 1 to 3 (NumPy Enhancement Proposal 1): a magic word, a version, and the
 * text of a Python dictionary that says what follows ({@link NpyHeader}). Only arrays in C order with at least one row
 * are read.
 *
 * @param type the element's, in NumPy's words, such as {@code <f4}; {@code >} is big-endian
 * @param dimensions the first is the number of rows
 * @param dataOffset of the first element in the file
 */
record NpyFile(Path path, String type, int[] dimensions, long dataOffset) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    /** NumPy itself refuses to read longer headers. */
    private static final int MAX_HEADER_BYTES = 10_000;

    /** Reads the header, and compares it with the file's length. */
    static NpyFile open(Path path) {
        try (InputStream raw = Files.newInputStream(path);
                DataInputStream in = new DataInputStream(raw)) {
            if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
                throw new DataException(path + ": is no .npy file; expected it to begin with \\x93NUMPY");
            }
            int version = in.readUnsignedByte();
            in.readUnsignedByte();
            if (version < 1 || version > 3) {
                throw new DataException(path + ": has format version " + version + ", expected 1, 2 or 3");
            }
            int lengthBytes = version == 1 ? 2 : 4;
            long length = version == 1
                    ? Short.toUnsignedInt(Short.reverseBytes(in.readShort()))
                    : Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()));
            if (length > MAX_HEADER_BYTES) {
                throw new DataException(
                        path + ": has a header of " + length + " bytes, expected at most " + MAX_HEADER_BYTES);
            }
            byte[] header = new byte[(int) length];
            in.readFully(header);
            NpyFile file =
                    parse(path, new String(header, StandardCharsets.UTF_8), MAGIC.length + 2 + lengthBytes + length);
            file.requireWhole();
            return file;
        } catch (IOException e) {
            throw DataException.unreadable(path, e);
        }
    }

    private static NpyFile parse(Path path, String text, long dataOffset) {
        NpyHeader header;
        try {
            header = NpyHeader.parse(text);
        } catch (IllegalArgumentException e) {
            throw new DataException(
                    path + ": has the header " + text.strip()
                            + "; expected descr, fortran_order and shape of plain numbers",
                    e);
        }
        if (header.type() == null) {
            throw new DataException(path + ": holds records of several fields, expected plain numbers");
        }
        String shape = "(" + String.join(",", header.dimensions()) + ")";
        if (header.dimensions().isEmpty()) {
            throw new DataException(path + ": holds a single number, expected an array of rows");
        }
        try {
            int[] dimensions =
                    header.dimensions().stream().mapToInt(Integer::parseInt).toArray();
            if (Arrays.stream(dimensions).anyMatch(n -> n < 0)) {
                throw new DataException(path + ": has the impossible shape " + shape);
            }
            if (Arrays.stream(dimensions).anyMatch(n -> n == 0)) {
                throw new DataException(path + ": has shape " + shape + ", which holds nothing");
            }
            // With one long side there is only one order.
            if (header.isFortran()
                    && Arrays.stream(dimensions).filter(n -> n > 1).count() > 1) {
                throw new DataException(path + ": is in Fortran order; save it with numpy.ascontiguousarray(…)");
            }
            return new NpyFile(path, header.plainType(), dimensions, dataOffset);
        } catch (NumberFormatException e) {
            throw new DataException(path + ": has shape " + shape + ", expected numbers below 2^31", e);
        }
    }

    private void requireWhole() {
        long expected = 1;
        try {
            for (int n : dimensions) {
                expected = Math.multiplyExact(expected, n);
            }
            expected = Math.addExact(dataOffset, Math.multiplyExact(expected, elementBytes()));
        } catch (ArithmeticException e) {
            throw new DataException(path + ": has the impossible shape " + Arrays.toString(dimensions), e);
        }
        long size = RowFile.size(path);
        if (size != expected) {
            throw new DataException(path + ": has " + size + " bytes, expected " + expected + " for "
                    + Arrays.toString(dimensions) + " of type " + type);
        }
    }

    /** Bytes of a number, from the type without its sign of byte order. */
    int elementBytes() {
        return switch (type.substring(Math.min(1, type.length()))) {
            case "u1", "i1" -> 1;
            case "u2", "i2" -> 2;
            case "u4", "i4", "f4" -> 4;
            case "u8", "i8" -> 8;
            default ->
                throw new DataException(path + ": has type " + type
                        + ", expected float32 or uint8 for x, integers for y; convert it with astype(…)");
        };
    }

    ByteOrder byteOrder() {
        return type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    boolean isFloats() {
        return type.endsWith("f4");
    }

    int rows() {
        return dimensions[0];
    }

    /** Numbers in a row. */
    int rowElements() {
        long elements = 1;
        for (int i = 1; i < dimensions.length; i++) {
            elements = Math.min(elements * dimensions[i], 1L << 31);
        }
        if (elements * elementBytes() > Integer.MAX_VALUE - 8) {
            throw new DataException(path + ": has rows of more than 2 GiB");
        }
        return (int) elements;
    }
}
