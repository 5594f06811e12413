package io.syncbn.deploy.command;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Asynchronous standard error, written by a thread of its own. When the log's disk or pipe hangs, a step, a sum or a
 * heartbeat that logs something must not block.
 */
final class LogOutput extends OutputStream {
    /** Bytes that may wait to be written; beyond that the newest are lost. */
    private static final int MOST_BYTES = 4 << 20;

    /** At the end of the process. */
    private static final long END_PATIENCE_MILLIS = 2000;

    /** Before a halt, which runs no hooks: a disk that hangs must not keep the process alive. */
    private static final long LAST_WORDS_PATIENCE_MILLIS = 500;

    private final OutputStream target;
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private boolean isWriting;

    LogOutput(OutputStream target) {
        this.target = target;
        Thread thread = new Thread(this::writeAll, "log");
        thread.setDaemon(true);
        thread.start();
    }

    /** Replaces standard error until the process ends. To be called before anything is logged. */
    static void install() {
        LogOutput output = new LogOutput(System.err);
        String encoding = System.getProperty("stderr.encoding", System.getProperty("native.encoding", "UTF-8"));
        System.setErr(new LogStream(output, Charset.forName(encoding)));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> output.drain(END_PATIENCE_MILLIS), "log-end"));
    }

    /** Writes a line and waits briefly for it, because the process is about to be halted. */
    static void lastWords(String words) {
        System.err.println(words);
        if (System.err instanceof LogStream stream) {
            stream.log.drain(LAST_WORDS_PATIENCE_MILLIS);
        }
    }

    /** Standard error once it is a log. */
    private static final class LogStream extends PrintStream {
        private final LogOutput log;

        LogStream(LogOutput log, Charset encoding) {
            super(log, true, encoding);
            this.log = log;
        }
    }

    @Override
    public void write(int single) {
        write(new byte[] {(byte) single}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        if (waitingBytes + length <= MOST_BYTES) {
            waiting.add(Arrays.copyOfRange(bytes, offset, offset + length));
            waitingBytes += length;
            notifyAll();
        }
    }

    private void writeAll() {
        try {
            while (true) {
                target.write(next());
                target.flush();
                written();
            }
        } catch (InterruptedException | IOException e) {
            written(); // nobody can read it, and there is nowhere else to report it
        }
    }

    private synchronized byte[] next() throws InterruptedException {
        while (waiting.isEmpty()) {
            wait();
        }
        isWriting = true;
        byte[] bytes = waiting.remove();
        waitingBytes -= bytes.length;
        return bytes;
    }

    private synchronized void written() {
        isWriting = false;
        notifyAll();
    }

    /** Waits until all is written, up to a limit. */
    synchronized void drain(long patienceMillis) {
        long endNanos = System.nanoTime() + patienceMillis * 1_000_000;
        try {
            while (isWriting || !waiting.isEmpty()) {
                long millis = (endNanos - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    return;
                }
                wait(millis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
