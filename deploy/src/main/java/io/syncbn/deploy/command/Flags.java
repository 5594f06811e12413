package io.syncbn.deploy.command;

import io.syncbn.proto.DidYouMean;
import io.syncbn.proto.job.Setting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The flags of one command line.
 *
 * @param texts by name, without dashes
 * @param problems with names and with the way flags were given; values are checked later
 */
record Flags(Map<String, String> texts, List<String> problems) {

    /** @param words settings whose values may be given as bare words, in order */
    static Flags of(ParseResult parsed, List<Setting> words) {
        Map<String, String> texts = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        for (OptionSpec option : new LinkedHashSet<>(parsed.matchedOptions())) {
            String name = option.longestName();
            List<String> values = parsed.matchedOption(name).stringValues();
            if (!values.isEmpty()) {
                texts.put(name.substring(2), values.get(values.size() - 1));
            }
            if (values.size() > 1) {
                problems.add(name + " is given " + values.size() + " times: " + String.join(", ", values));
            }
        }
        for (Exception error : parsed.errors()) {
            if (error instanceof MissingParameterException missing
                    && !missing.getMissing().isEmpty()) {
                OptionSpec option = (OptionSpec) missing.getMissing().get(0);
                problems.add(option.longestName() + " " + option.paramLabel() + " has no value");
            } else {
                problems.add(error.getMessage());
            }
        }
        List<String> names = parsed.commandSpec().options().stream()
                .filter(option -> !option.hidden())
                .map(OptionSpec::longestName)
                .toList();
        List<String> bare = new ArrayList<>();
        unknown(parsed.unmatched(), names, bare, problems);
        List<Setting> open = words.stream()
                .filter(setting -> !texts.containsKey(setting.name()))
                .toList();
        for (int i = 0; i < bare.size(); i++) {
            if (i < open.size()) {
                texts.put(open.get(i).name(), bare.get(i));
            } else {
                problems.add("'" + bare.get(i) + "' is not expected; every value follows its flag");
            }
        }
        return new Flags(texts, problems);
    }

    /** Sorts what matches no flag; a bare word after an unknown flag is its value and not worth a line. */
    private static void unknown(List<String> words, List<String> names, List<String> bare, List<String> problems) {
        boolean afterFlag = false;
        for (String word : words) {
            boolean isFlag = word.startsWith("-") && word.length() > 1 && !word.equals("--");
            if (word.equals("--")) {
                problems.add("'--' is not expected; flags follow the command as they are");
            } else if (isFlag) {
                String name = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
                problems.add(name + " is unknown" + DidYouMean.hint(name, names));
            } else if (!afterFlag) {
                bare.add(word);
            }
            afterFlag = isFlag && !word.contains("=");
        }
    }
}
