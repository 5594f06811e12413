package io.syncbn.worker.data;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of a .npy file's header: a dictionary as Python writes it. NumPy reads it as Python, so that keys come in any
 * order, quotes of both kinds, with spaces and line ends anywhere; numbers may have the L of Python 2.
 *
 * @param type as written; null for records of several fields
 * @param dimensions as written
 */
record NpyHeader(String type, boolean isFortran, List<String> dimensions) {
    private static final Pattern TYPE = Pattern.compile("([<>=|]?)(.+)");

    /** NumPy's names and characters for its plain numbers. */
    private static final Map<String, String> KINDS = Map.ofEntries(
            entry("?", "b1"),
            entry("bool", "b1"),
            entry("b", "i1"),
            entry("int8", "i1"),
            entry("byte", "i1"),
            entry("B", "u1"),
            entry("uint8", "u1"),
            entry("ubyte", "u1"),
            entry("h", "i2"),
            entry("int16", "i2"),
            entry("short", "i2"),
            entry("H", "u2"),
            entry("uint16", "u2"),
            entry("ushort", "u2"),
            entry("i", "i4"),
            entry("int32", "i4"),
            entry("intc", "i4"),
            entry("I", "u4"),
            entry("uint32", "u4"),
            entry("uintc", "u4"),
            entry("l", "i8"),
            entry("q", "i8"),
            entry("int64", "i8"),
            entry("int", "i8"),
            entry("longlong", "i8"),
            entry("L", "u8"),
            entry("Q", "u8"),
            entry("uint64", "u8"),
            entry("ulonglong", "u8"),
            entry("e", "f2"),
            entry("float16", "f2"),
            entry("half", "f2"),
            entry("f", "f4"),
            entry("float32", "f4"),
            entry("single", "f4"),
            entry("d", "f8"),
            entry("float64", "f8"),
            entry("float", "f8"),
            entry("double", "f8"));

    /** @throws IllegalArgumentException if it is no such dictionary; without a reason */
    static NpyHeader parse(String text) {
        return new Parser(text).header();
    }

    /** One walk over the text. */
    private static final class Parser {
        private final String text;
        private int at;

        private String type;
        private boolean hasType;
        private Boolean isFortran;
        private List<String> dimensions;

        Parser(String text) {
            this.text = text;
        }

        NpyHeader header() {
            expect('{');
            while (!takes('}')) {
                String key = quoted();
                expect(':');
                value(key);
                if (!takes(',')) {
                    expect('}');
                    break;
                }
            }
            skipSpace();
            if (at < text.length() || !hasType || isFortran == null || dimensions == null) {
                throw new IllegalArgumentException();
            }
            return new NpyHeader(type, isFortran, dimensions);
        }

        private void value(String key) {
            switch (key) {
                case "descr" -> {
                    hasType = true;
                    if (peek() == '[') {
                        skipRecords();
                    } else {
                        type = quoted();
                    }
                }
                case "fortran_order" -> {
                    String word = word();
                    if (!word.equals("True") && !word.equals("False")) {
                        throw new IllegalArgumentException();
                    }
                    isFortran = word.equals("True");
                }
                case "shape" -> dimensions = tuple();
                default -> throw new IllegalArgumentException();
            }
        }

        /** Skips a list of fields, which is not supported. */
        private void skipRecords() {
            int depth = 0;
            do {
                char c = peek();
                if (c == '\'' || c == '"') {
                    quoted();
                } else {
                    depth += c == '[' ? 1 : c == ']' ? -1 : 0;
                    at++;
                }
            } while (depth > 0);
        }

        private List<String> tuple() {
            List<String> numbers = new ArrayList<>();
            expect('(');
            while (!takes(')')) {
                numbers.add(word().replaceFirst("[lL]$", "").replace("_", ""));
                if (!takes(',')) {
                    expect(')');
                    break;
                }
            }
            return numbers;
        }

        /** A text in quotes; perhaps with the u or b of Python 2 before it. */
        private String quoted() {
            if ("ub".indexOf(Character.toLowerCase(peek())) >= 0) {
                at++;
            }
            char quote = peek();
            int end = text.indexOf(quote, at + 1);
            if (quote != '\'' && quote != '"' || end < 0) {
                throw new IllegalArgumentException();
            }
            String inner = text.substring(at + 1, end);
            at = end + 1;
            return inner;
        }

        private String word() {
            peek();
            int begin = at;
            while (at < text.length()
                    && (Character.isLetterOrDigit(text.charAt(at)) || "_-+".indexOf(text.charAt(at)) >= 0)) {
                at++;
            }
            if (at == begin) {
                throw new IllegalArgumentException();
            }
            return text.substring(begin, at);
        }

        private void expect(char c) {
            if (!takes(c)) {
                throw new IllegalArgumentException();
            }
        }

        private boolean takes(char c) {
            boolean isThere = peek() == c;
            at += isThere ? 1 : 0;
            return isThere;
        }

        /** The next character that is no space. */
        private char peek() {
            skipSpace();
            if (at == text.length()) {
                throw new IllegalArgumentException();
            }
            return text.charAt(at);
        }

        private void skipSpace() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }
    }

    /**
     * The type in one spelling: sign of byte order, letter, bytes, such as {@code <f4}; {@code |} where one byte has no
     * order. What is none of NumPy's plain numbers stays as it is.
     */
    String plainType() {
        Matcher matcher = TYPE.matcher(type);
        if (!matcher.matches()) {
            return type;
        }
        String kind = KINDS.getOrDefault(matcher.group(2), matcher.group(2));
        boolean isKnown = KINDS.containsValue(kind);
        String order = kind.endsWith("1") ? "|" : matcher.group(1).equals(">") ? ">" : "<";
        return isKnown ? order + kind : type;
    }
}
