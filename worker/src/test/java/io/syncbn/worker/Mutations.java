package io.syncbn.worker;

import static org.assertj.core.api.Assertions.fail;

import java.util.Arrays;
import java.util.Random;

/** Files that were damaged at random: whatever is read from them, a reader ends with a value or an exception of ours. */
public final class Mutations {
    private static final long SEED = Long.getLong("syncbn.test.seed", 20261128);

    private Mutations() {}

    /** What is done with a file's bytes. */
    @FunctionalInterface
    public interface Reader {
        void read(byte[] file) throws Exception;
    }

    /**
     * Reads damaged versions of a file.
     *
     * @param ours the one kind of exception that the reader may end with
     */
    public static void read(byte[] whole, int count, Class<? extends RuntimeException> ours, Reader reader) {
        for (int i = 0; i < count; i++) {
            byte[] damaged = damaged(whole, new Random(SEED + i));
            try {
                reader.read(damaged);
            } catch (Exception | Error e) {
                if (!ours.isInstance(e) || e.getMessage() == null) {
                    fail("damage number " + i + " of seed " + SEED + " (-Dsyncbn.test.seed) ends with " + e, e);
                }
            }
        }
    }

    private static byte[] damaged(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        for (int faults = 1 + random.nextInt(3); faults > 0 && bytes.length > 0; faults--) {
            bytes = damagedOnce(bytes, random);
        }
        return bytes;
    }

    private static byte[] damagedOnce(byte[] bytes, Random random) {
        int at = random.nextInt(bytes.length);
        int length = Math.min(bytes.length - at, 1 + random.nextInt(8));
        switch (random.nextInt(6)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt(256);
            case 2 -> Arrays.fill(bytes, at, at + length, (byte) (random.nextBoolean() ? 0xFF : 0));
            case 3 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 4 -> {
                return joined(bytes, at, at + length);
            }
            default -> {
                return joined(bytes, at + length, at);
            }
        }
        return bytes;
    }

    /** The first bytes up to one place, and those from another on: without the part between, or with it twice. */
    private static byte[] joined(byte[] bytes, int end, int begin) {
        byte[] joined = Arrays.copyOf(bytes, end + bytes.length - begin);
        System.arraycopy(bytes, begin, joined, end, bytes.length - begin);
        return joined;
    }
}
