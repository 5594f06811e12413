package io.syncbn.worker.record;

import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the worker's log says while this is open, as in {@code SEVERE cannot write …}. */
public final class LogCapture extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("io.syncbn.worker");
    private final List<String> lines = new ArrayList<>();

    public LogCapture() {
        logger.addHandler(this);
    }

    public List<String> lines() {
        return lines;
    }

    @Override
    public synchronized void publish(LogRecord logged) {
        String message = logged.getParameters() == null
                ? logged.getMessage()
                : new MessageFormat(logged.getMessage(), Locale.ROOT).format(logged.getParameters());
        lines.add(logged.getLevel() + " " + message);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
