package io.syncbn.coordinator.service;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.syncbn.proto.v1.FromWorker;
import java.util.List;
import java.util.Map;

/**
 * Makes texts from outside safe for logs, the journal, metrics, messages and terminals: limits their length, and
 * replaces invisible characters that have an effect, such as control characters, escape sequences and changes of
 * direction.
 */
final class CleanTexts {
    /** Replaces each character that was removed. */
    static final char PLACEHOLDER = '\uFFFD';

    /** Longest reason, in characters; reasons may be long, all other texts are names, addresses or digests. */
    private static final int MOST_OF_A_REASON = 2000;

    private static final int MOST = 500;
    private static final String REASON = "reason";

    private CleanTexts() {}

    /** The message with all of its texts cleaned; most need no change. */
    static FromWorker of(FromWorker message) {
        FromWorker.Builder cleaned = null;
        for (Map.Entry<FieldDescriptor, Object> part : message.getAllFields().entrySet()) {
            if (part.getValue() instanceof Message inner) {
                Message clean = of(inner);
                if (clean != inner) {
                    cleaned = cleaned == null ? message.toBuilder() : cleaned;
                    cleaned.setField(part.getKey(), clean);
                }
            }
        }
        return cleaned == null ? message : cleaned.build();
    }

    /** The same object, if nothing of it needs a change. */
    private static Message of(Message message) {
        Message.Builder cleaned = null;
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            if (field.getValue() instanceof String text) {
                String clean = field.getKey().getName().equals(REASON) ? reason(text) : of(text, MOST);
                if (!clean.equals(text)) {
                    cleaned = cleaned == null ? message.toBuilder() : cleaned;
                    cleaned.setField(field.getKey(), clean);
                }
            } else if (field.getValue() instanceof Message inner) {
                Message clean = of(inner);
                if (clean != inner) {
                    cleaned = cleaned == null ? message.toBuilder() : cleaned;
                    cleaned.setField(field.getKey(), clean);
                }
            } else if (field.getValue() instanceof List<?> list) {
                List<?> clean = list.stream().map(CleanTexts::element).toList();
                if (!clean.equals(list)) {
                    cleaned = cleaned == null ? message.toBuilder() : cleaned;
                    cleaned.setField(field.getKey(), clean);
                }
            }
        }
        return cleaned == null ? message : cleaned.build();
    }

    private static Object element(Object value) {
        return value instanceof String text ? of(text, MOST) : value instanceof Message message ? of(message) : value;
    }

    /** Keeps line breaks, but indents all lines after the first, so that none can pass for a log line of its own. */
    static String reason(String text) {
        StringBuilder clean = new StringBuilder();
        cut(text, MOST_OF_A_REASON).lines().forEach(line -> clean.append(
                        clean.isEmpty() ? "" : line.startsWith("  ") ? "\n" : "\n  ")
                .append(of(line.stripTrailing(), MOST_OF_A_REASON)));
        return clean.toString();
    }

    static String of(String text, int most) {
        StringBuilder clean = new StringBuilder();
        cut(text, most).codePoints().forEach(c -> clean.appendCodePoint(isSeen(c) ? c : PLACEHOLDER));
        return clean.toString();
    }

    private static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most) + "…";
    }

    private static boolean isSeen(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
