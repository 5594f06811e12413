package io.syncbn.worker.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.Normalizer;

/**
 * Names of files as text, the same wherever they are read: a file system keeps bytes, and what Java makes of them depends
 * on the locale.
 */
final class FileNames {
    /** Encoding of zip entries that are not marked as UTF-8. */
    private static final Charset CP437 =
            Charset.isSupported("IBM437") ? Charset.forName("IBM437") : StandardCharsets.ISO_8859_1;

    private FileNames() {}

    /** A name in a directory. Bytes that are not UTF-8 are taken for Latin-1. */
    static String text(Path name) {
        String text = name.toString();
        boolean isAscii = text.chars().allMatch(c -> c < 0x80);
        return isAscii ? text : text(bytes(name), StandardCharsets.ISO_8859_1);
    }

    /** A path in a zip that is not marked as UTF-8. */
    static String inZip(byte[] path) {
        return text(path, CP437);
    }

    /** Letters with accents have two spellings in Unicode, and systems differ in which they store. */
    static String normal(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC);
    }

    private static String text(byte[] name, Charset otherwise) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(name))
                    .toString();
        } catch (CharacterCodingException e) {
            return new String(name, otherwise);
        }
    }

    /** The name's bytes in the file system; only a path's URI preserves them. */
    private static byte[] bytes(Path name) {
        String uri = name.toUri().toASCIIString();
        int end = uri.endsWith("/") ? uri.length() - 1 : uri.length();
        String last = uri.substring(uri.lastIndexOf('/', end - 1) + 1, end);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < last.length(); i++) {
            boolean escaped = last.charAt(i) == '%';
            bytes.write(escaped ? Integer.parseInt(last.substring(i + 1, i + 3), 16) : last.charAt(i));
            i += escaped ? 2 : 0;
        }
        return bytes.toByteArray();
    }
}
