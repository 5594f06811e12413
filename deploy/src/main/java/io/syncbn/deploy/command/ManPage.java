package io.syncbn.deploy.command;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** A manual page in roff's man macros, from the same model as the help: man-pages(7) has the sections. */
final class ManPage {
    private final StringBuilder page = new StringBuilder();

    /** The command that has printed a group of options, by the group's text. */
    private final Map<String, String> printed = new HashMap<>();

    private ManPage() {}

    static String of(CommandLine syncbn) {
        CommandSpec root = syncbn.getCommandSpec();
        ManPage page = new ManPage();
        page.line(".TH SYNCBN 1 \"\" \"" + escaped(root.version()[0]) + "\" \"User Commands\"");
        page.section("Name");
        page.text("syncbn - distributed training with synchronized batch normalization");
        page.section("Synopsis");
        page.line(".B syncbn");
        page.line(".I COMMAND");
        page.text("[--flag value]\u2026");
        page.section("Description");
        page.paragraphs(root.usageMessage().description());
        page.section("Commands");
        commands(syncbn).forEach(page::command);
        page.footer(root);
        return page.page.toString();
    }

    /** Those that do something, in the order of the help. */
    private static List<CommandLine> commands(CommandLine line) {
        List<CommandLine> commands = new ArrayList<>();
        for (CommandLine each : line.getSubcommands().values()) {
            if (each.getCommandSpec().userObject() instanceof Command) {
                commands.add(each);
            }
            commands.addAll(commands(each));
        }
        return commands;
    }

    private void command(CommandLine line) {
        CommandSpec spec = line.getCommandSpec();
        String name = spec.qualifiedName();
        line(".SS \"" + escaped(name) + "\"");
        line(".B \"" + escaped(String.join(" ", spec.usageMessage().customSynopsis())) + "\"");
        line(".PP");
        paragraphs(spec.usageMessage().description());
        for (ArgGroupSpec group : spec.argGroups()) {
            String heading = String.format(Locale.ROOT, group.heading()).strip();
            String options = group.allOptionsNested().stream()
                    .filter(option -> !option.hidden())
                    .map(ManPage::option)
                    .collect(Collectors.joining());
            String before = printed.putIfAbsent(options, name);
            line(".PP");
            line(".B \"" + escaped(heading) + "\"");
            page.append(before == null ? options : body("\u2013 the flags of " + before));
        }
        line(".PP");
        examples(List.of(spec.usageMessage().footer()));
    }

    private static String option(OptionSpec option) {
        String label = option.paramLabel();
        boolean mayStandAlone = option.arity().min() == 0;
        String value = option.arity().max() == 0 ? "" : mayStandAlone ? "[=" + label + "]" : "=" + label;
        return ".TP\n.B " + escaped(option.longestName() + value) + "\n" + body(String.join(" ", option.description()));
    }

    /** Lines with two spaces in front are what somebody types. */
    private void examples(List<String> lines) {
        boolean isCode = false;
        for (String text : lines) {
            if (text.startsWith("  ") != isCode) {
                isCode = !isCode;
                line(isCode ? ".RS 4\n.nf" : ".fi\n.RE");
            }
            if (!text.isBlank()) {
                text(text.strip());
            }
        }
        if (isCode) {
            line(".fi\n.RE");
        }
    }

    /** What stands below the help of the whole command, from its first heading on. */
    private void footer(CommandSpec root) {
        List<String> lines = new ArrayList<>();
        List<String> below = List.of(root.usageMessage().footer());
        for (String text : below.subList(firstHeading(below), below.size())) {
            if (text.endsWith(":")) {
                examples(lines);
                lines.clear();
                section(text.substring(0, text.length() - 1));
            } else {
                lines.add(text);
            }
        }
        examples(lines);
    }

    private static int firstHeading(List<String> lines) {
        return (int) lines.stream().takeWhile(line -> !line.endsWith(":")).count();
    }

    private void section(String title) {
        line(".SH \"" + escaped(title.toUpperCase(Locale.ROOT)) + "\"");
    }

    /** Those right after a heading, which begins a paragraph by itself. */
    private void paragraphs(String... texts) {
        for (String text : texts) {
            if (!text.isBlank()) {
                text(text);
            }
        }
    }

    private void text(String text) {
        page.append(body(text));
    }

    private void line(String roff) {
        page.append(roff).append('\n');
    }

    /** A line of text, which no request of roff can be taken for. */
    private static String body(String text) {
        String safe = escaped(text.strip());
        return (safe.startsWith(".") || safe.startsWith("'") ? "\\&" : "") + safe + "\n";
    }

    /** Hyphens that can be copied, and everything beyond ASCII as roff names it. */
    static String escaped(String text) {
        StringBuilder safe = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\\' -> safe.append("\\e");
                case '-' -> safe.append("\\-");
                case '"' -> safe.append("\\(dq");
                case '~' -> safe.append("\\(ti");
                case '^' -> safe.append("\\(ha");
                case '\'' -> safe.append("\\(aq");
                case '`' -> safe.append("\\(ga");
                default -> {
                    if (c < 128) {
                        safe.append((char) c);
                    } else {
                        safe.append(String.format(Locale.ROOT, "\\[u%04X]", c));
                    }
                }
            }
        });
        return safe.toString();
    }
}
