package io.syncbn.worker.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.UnsupportedZipFeatureException;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.archivers.zip.ZipMethod;

/**
 * The files of a zip, which is opened once; every read is checked against the directory's checksum. Paths are taken as
 * programs write them: in UTF-8 or cp437, with slashes or backslashes, with or without a leading {@code ./}. Of two files
 * with one path the last one counts.
 */
final class ZipTree implements FileTree {
    private final Path path;
    private final SharedFile file;
    private final ZipFile zip;

    ZipTree(Path path) {
        this(path, open(path));
    }

    /** @param file is closed with the tree, or when that cannot be opened */
    ZipTree(Path path, SharedFile file) {
        this.path = path;
        this.file = file;
        boolean opened = false;
        try {
            // Ignores the local headers, which repeat the directory: reading them costs a seek for each file.
            zip = ZipFile.builder()
                    .setSeekableByteChannel(file)
                    .setCharset(StandardCharsets.UTF_8)
                    .setIgnoreLocalFileHeader(true)
                    .get();
            opened = true;
        } catch (IOException | RuntimeException e) {
            requireRead(path, e);
            // A damaged directory causes exceptions of many kinds.
            throw new DataException(path + ": cannot be read as a zip: " + e.getMessage(), e);
        } finally {
            if (!opened) {
                OpenDataset.close(file);
            }
        }
    }

    private static SharedFile open(Path path) {
        try {
            return new SharedFile(path);
        } catch (IOException e) {
            throw DataException.unreadable(path, e);
        }
    }

    /** Tells a disk that failed from a zip that is damaged. */
    private static void requireRead(Object what, Exception fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof SharedFile.ReadException unread) {
                throw DataException.unreadable(what, unread);
            }
        }
    }

    @Override
    public List<Entry> entries() {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
            String name = plain(name(entry));
            if (!name.isEmpty()) {
                entries.put(name, new Entry(name, entry.getSize(), entry.getCrc(), entry));
            }
        }
        return List.copyOf(entries.values());
    }

    private static String name(ZipArchiveEntry entry) {
        boolean isSaid = entry.getNameSource() != ZipArchiveEntry.NameSource.NAME || entry.getRawName() == null;
        return isSaid ? entry.getName() : FileNames.inZip(entry.getRawName());
    }

    /** The path with slashes, without empty parts and {@code .}; empty if it would lie outside of the tree. */
    private static String plain(String name) {
        String slashed = name.replace('\\', '/');
        List<String> parts = new ArrayList<>(List.of(slashed.split("/")));
        parts.removeIf(part -> part.isEmpty() || part.equals("."));
        boolean isOutside = parts.isEmpty() || parts.contains("..");
        return isOutside ? "" : String.join("/", parts) + (slashed.endsWith("/") ? "/" : "");
    }

    @Override
    public byte[] read(Entry entry) {
        if (entry.size() < 0 || entry.size() > MAX_FILE_BYTES) {
            throw new DataException(describe(entry) + ": has " + entry.size() + " bytes, more than " + MAX_FILE_BYTES);
        }
        ZipArchiveEntry packed = (ZipArchiveEntry) entry.place();
        byte[] bytes;
        try (InputStream in = open(packed)) {
            bytes = in.readNBytes((int) entry.size());
        } catch (UnsupportedZipFeatureException e) {
            boolean isEncrypted = e.getFeature() == UnsupportedZipFeatureException.Feature.ENCRYPTION;
            throw new DataException(
                    describe(entry) + ": is " + (isEncrypted ? "encrypted" : "packed with " + method(packed))
                            + ", which is not supported; make the zip anew, with plain deflate",
                    e);
        } catch (IOException | RuntimeException e) {
            requireRead(describe(entry), e);
            String advice =
                    packed.getMethod() == ZipArchiveEntry.STORED || packed.getMethod() == ZipArchiveEntry.DEFLATED
                            ? "the zip is damaged"
                            : "it is packed with " + method(packed)
                                    + "; if the zip is not damaged, make it anew, with plain deflate";
            throw new DataException(describe(entry) + ": cannot be unpacked: " + e.getMessage() + "; " + advice, e);
        }
        CRC32 crc = new CRC32();
        crc.update(bytes);
        if (crc.getValue() != entry.crc32()) {
            throw new DataException(String.format(
                    Locale.ROOT,
                    "%s: checksum is %08x, expected %08x; the zip is damaged",
                    describe(entry),
                    crc.getValue(),
                    entry.crc32()));
        }
        return bytes;
    }

    /** Opening moves the position in the file, as reading a stream does; both hold the same lock. */
    private InputStream open(ZipArchiveEntry entry) throws IOException {
        synchronized (file) {
            InputStream in = zip.getInputStream(entry);
            if (in == null) {
                throw new IOException("nothing is there");
            }
            return in;
        }
    }

    private static String method(ZipArchiveEntry entry) {
        return switch (entry.getMethod()) {
            case 9 -> "Deflate64";
            default -> {
                ZipMethod method = ZipMethod.getMethodByCode(entry.getMethod());
                yield "method " + entry.getMethod() + (method == null ? "" : " (" + method + ")");
            }
        };
    }

    @Override
    public String describe(Entry entry) {
        return path + ": " + entry.path();
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
