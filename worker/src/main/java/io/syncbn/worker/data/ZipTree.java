package io.syncbn.worker.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipFile;

/** The files of a zip, which is opened once; every read is checked against the directory's checksum. */
final class ZipTree implements FileTree {
    private final Path path;
    private final ZipFile zip;

    ZipTree(Path path) {
        this.path = path;
        try {
            zip = new ZipFile(path.toFile());
        } catch (IOException e) {
            throw new DataException(path + ": cannot be read as a zip: " + e.getMessage(), e);
        }
    }

    @Override
    public List<Entry> entries() {
        return zip.stream()
                .map(entry -> new Entry(entry.getName(), entry.getSize(), entry.getCrc()))
                .toList();
    }

    @Override
    public byte[] read(Entry entry) {
        if (entry.size() > MAX_FILE_BYTES) {
            throw new DataException(describe(entry) + ": has " + entry.size() + " bytes, more than " + MAX_FILE_BYTES);
        }
        byte[] bytes;
        try (InputStream in = zip.getInputStream(zip.getEntry(entry.path()))) {
            bytes = in.readNBytes((int) entry.size());
        } catch (IOException e) {
            throw DataException.unreadable(describe(entry), e);
        }
        CRC32 crc = new CRC32();
        crc.update(bytes);
        if (crc.getValue() != entry.crc32()) {
            throw new DataException(String.format(
                    "%s: checksum is %08x, expected %08x; the zip is damaged",
                    describe(entry), crc.getValue(), entry.crc32()));
        }
        return bytes;
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
