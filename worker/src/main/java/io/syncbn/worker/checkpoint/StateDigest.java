package io.syncbn.worker.checkpoint;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.stream.Stream;

/** SHA-256 in hex: of a state, which tells at a glance whether two runs ended with the same bits, and of files. */
public final class StateDigest {
    private StateDigest() {}

    /** Over every tensor of model and optimizer, in the order of names: its name in UTF-8, then its little-endian bytes. */
    public static String sha256(ModelState state) {
        return sha256(state.modelTensors(), state.optimizerTensors());
    }

    static String sha256(Collection<StoredTensor> model, Collection<StoredTensor> optimizer) {
        MessageDigest digest = digest();
        Stream.concat(model.stream(), optimizer.stream())
                .sorted(Comparator.comparing(StoredTensor::name))
                .forEach(tensor -> {
                    digest.update(tensor.name().getBytes(StandardCharsets.UTF_8));
                    digest.update(tensor.bytes());
                });
        return HexFormat.of().formatHex(digest.digest());
    }

    static String sha256(byte[] content) {
        return HexFormat.of().formatHex(digest().digest(content));
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
