package io.syncbn.worker.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of a sequence of texts, numbers and bytes. Texts carry their length, so that no two sequences look the same. */
public final class ContentDigest {
    private final MessageDigest sha256;

    /** Begins with the kind of data, so that no two kinds ever have equal digests. */
    public ContentDigest(String kind) {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        text(kind);
    }

    public ContentDigest text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return number(utf8.length).bytes(utf8, 0, utf8.length);
    }

    public ContentDigest number(long number) {
        sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(0, number));
        return this;
    }

    public ContentDigest bytes(byte[] bytes, int offset, int length) {
        sha256.update(bytes, offset, length);
        return this;
    }

    /** In hex; ends the sequence. */
    public String hex() {
        return HexFormat.of().formatHex(sha256.digest());
    }
}
