package io.syncbn.worker.data;

import io.syncbn.proto.job.Job;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Assumptions;

/** Files for tests: tiny ones made here, and the real ones that lie beside the repository. */
final class TestFiles {
    private TestFiles() {}

    /** Something in shared/data beside the repository; the test is skipped where it is absent. */
    static Path real(String name) {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path candidate = folder.resolve("shared/data").resolve(name);
            if (Files.exists(candidate)) {
                return candidate;
            }
        }
        Assumptions.abort(
                "no shared/data/" + name + " in any folder above " + Path.of("").toAbsolutePath());
        throw new AssertionError("abort throws");
    }

    static Dataset open(String kind, Path path) {
        return open(kind, path, 0);
    }

    static Dataset open(String kind, Path path, int imageSize) {
        return DataFormats.open(new Job.DataSource(kind, path.toString()), imageSize);
    }

    static void write(Path file, byte[] content) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An IDX file of bytes. */
    static byte[] idx(int magic, int[] dimensions, byte[] data) {
        ByteBuffer file = ByteBuffer.allocate(4 + 4 * dimensions.length + data.length);
        file.putInt(magic);
        for (int n : dimensions) {
            file.putInt(n);
        }
        return file.put(data).array();
    }

    /** A .npy file of version 1, 2 or 3. */
    static byte[] npy(int version, String type, String fortranOrder, String shape, byte[] data) {
        String header = "{'descr': '" + type + "', 'fortran_order': " + fortranOrder + ", 'shape': " + shape + ", }\n";
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(12 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
        if (version == 1) {
            file.putShort((short) text.length);
        } else {
            file.putInt(text.length);
        }
        file.put(text).put(data);
        byte[] bytes = new byte[file.position()];
        file.flip().get(bytes);
        return bytes;
    }

    /** A .npy file of version 1 with a header of any text. */
    static byte[] npy(String header, byte[] data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(10 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) text.length);
        return file.put(text).put(data).array();
    }

    static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    /** A picture of one colour whose first pixel is black. */
    static byte[] picture(String format, int imageType, int height, int width, int rgb) {
        BufferedImage image = new BufferedImage(width, height, imageType);
        for (int p = 1; p < height * width; p++) {
            image.setRGB(p % width, p / width, rgb);
        }
        image.setRGB(0, 0, 0xFF000000);
        return encode(format, image);
    }

    static byte[] encode(String format, BufferedImage image) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, format, out)) {
                throw new IllegalArgumentException("no writer for " + format);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** Files by path; those that end with a slash are folders. */
    static Path directory(Path root, Map<String, byte[]> files) {
        files.forEach((name, content) -> {
            if (name.endsWith("/")) {
                write(root.resolve(name).resolve(".keep"), new byte[0]);
            } else {
                write(root.resolve(name), content);
            }
        });
        return root;
    }

    static Path zip(Path file, Map<String, byte[]> files) {
        return zip(file, files, StandardCharsets.UTF_8);
    }

    static Path zip(Path file, Map<String, byte[]> files, Charset names) {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file), names)) {
            for (Map.Entry<String, byte[]> entry : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    static byte[] gzip(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
