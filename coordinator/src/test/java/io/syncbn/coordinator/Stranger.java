package io.syncbn.coordinator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A client that sends HTTP/2 frame by frame, valid or not, and reads nothing unless told to. */
final class Stranger implements AutoCloseable {
    static final String ATTEND = "/syncbn.v1.Control/Attend";
    static final String MOMENTS = "/syncbn.v1.Reduction/Moments";

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RESET = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int END_HEADERS = 4;
    private static final int LARGEST_FRAME = 16_384;
    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket = new Socket();
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private boolean isCutOff;

    /** Connects, and says nothing. */
    Stranger(int port) throws IOException {
        socket.connect(new InetSocketAddress("127.0.0.1", port), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    /** What every HTTP/2 client says first. */
    Stranger greet() {
        return bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII))
                .settings();
    }

    Stranger settings() {
        return frame(SETTINGS, 0, 0, new byte[0]);
    }

    Stranger ping() {
        return frame(PING, 0, 0, new byte[8]);
    }

    Stranger reset(int stream) {
        return frame(RESET, 0, stream, new byte[] {0, 0, 0, 8});
    }

    /** Opens a call. */
    Stranger call(int stream, String path, Map<String, String> headers) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(new byte[] {(byte) 0x83, (byte) 0x86});
        literal(block, ":path", path);
        literal(block, ":authority", "stranger");
        literal(block, "content-type", "application/grpc");
        literal(block, "te", "trailers");
        headers.forEach((name, value) -> literal(block, name, value));
        return frame(HEADERS, END_HEADERS, stream, block.toByteArray());
    }

    /** The beginning of headers that never end. */
    Stranger halfHeaders(int stream) {
        return frame(HEADERS, 0, stream, new byte[] {(byte) 0x83});
    }

    /** A message of so many bytes, of which only some come. */
    Stranger message(int stream, int announced, byte[] content) {
        byte[] prefix = ByteBuffer.allocate(5).put((byte) 0).putInt(announced).array();
        frame(DATA, 0, stream, prefix);
        for (int from = 0; from < content.length; from += LARGEST_FRAME) {
            byte[] part = new byte[Math.min(LARGEST_FRAME, content.length - from)];
            System.arraycopy(content, from, part, 0, part.length);
            frame(DATA, 0, stream, part);
        }
        return this;
    }

    Stranger message(int stream, byte[] content) {
        return message(stream, content.length, content);
    }

    private static void literal(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        text(block, name);
        text(block, value);
    }

    private static void text(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < 127) {
            block.write(bytes.length);
        } else {
            block.write(127);
            int rest = bytes.length - 127;
            for (; rest >= 128; rest >>>= 7) {
                block.write(rest & 0x7f | 0x80);
            }
            block.write(rest);
        }
        block.writeBytes(bytes);
    }

    private Stranger frame(int type, int flags, int stream, byte[] payload) {
        return bytes(ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >>> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array());
    }

    Stranger bytes(byte[] bytes) {
        waiting.writeBytes(bytes);
        return waiting.size() > LARGEST_FRAME ? send() : this;
    }

    /** Sends what was said; the server may hang up meanwhile. */
    Stranger send() {
        try {
            if (!isCutOff) {
                socket.getOutputStream().write(waiting.toByteArray());
            }
        } catch (IOException e) {
            isCutOff = true;
        }
        waiting.reset();
        return this;
    }

    boolean isCutOff() {
        return isCutOff;
    }

    /** Reads whatever comes, until the server hangs up. */
    void awaitHangUp() throws IOException {
        try {
            while (socket.getInputStream().read() >= 0) {
                continue;
            }
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("the server has not hung up within " + PATIENCE_MILLIS + " ms", e);
        } catch (IOException e) {
            isCutOff = true; // reset
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
