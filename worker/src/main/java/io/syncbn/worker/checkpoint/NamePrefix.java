package io.syncbn.worker.checkpoint;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The prefix of all names in a state_dict whose model was wrapped when it was saved: {@code module.} of
 * DistributedDataParallel, {@code _orig_mod.} of torch.compile, {@code model.} of Lightning, several of them, or the
 * name of whatever held the model.
 */
final class NamePrefix {
    private NamePrefix() {}

    /**
     * The prefix whose removal makes names fit best; empty if they fit as they are, or no prefix helps.
     *
     * @param needed names that must be there
     * @param known names that may be there, the needed ones too
     */
    static String of(Set<String> names, Set<String> needed, Set<String> known) {
        if (names.isEmpty()) {
            return "";
        }
        String first = new TreeSet<>(names).first();
        List<String> prefixes = Stream.concat(
                        Stream.of(""),
                        known.stream()
                                .filter(first::endsWith)
                                .map(name -> first.substring(0, first.length() - name.length())))
                .distinct()
                .filter(prefix -> names.stream().allMatch(name -> name.startsWith(prefix)))
                .sorted(Comparator.comparingInt(String::length))
                .toList();
        return prefixes.stream()
                .min(Comparator.comparingInt(prefix -> faults(prefix, names, needed, known)))
                .orElseThrow();
    }

    /** How many names are missing or unexpected. */
    private static int faults(String prefix, Set<String> names, Set<String> needed, Set<String> known) {
        Set<String> plain = new HashSet<>();
        names.forEach(name -> plain.add(name.substring(prefix.length())));
        long unexpected = plain.stream().filter(name -> !known.contains(name)).count();
        long missing = needed.stream().filter(name -> !plain.contains(name)).count();
        return Math.toIntExact(unexpected + missing);
    }
}
