package io.syncbn.worker.checkpoint;

import io.syncbn.proto.DidYouMean;
import io.syncbn.worker.nn.ParameterLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Compares the tensors that a file should hold with those that it holds. */
final class Inventory {
    private Inventory() {}

    /** A tensor that should be there, in one of the accepted types. */
    record Expected(String name, List<Integer> dimensions, Set<ElementType> accepted) {}

    /** A layout's tensors, each called {@code prefix} and its name. */
    static List<Expected> of(String prefix, ParameterLayout layout, Set<ElementType> accepted) {
        return layout.entries().stream()
                .map(entry -> new Expected(prefix + entry.name(), entry.dimensions(), accepted))
                .toList();
    }

    /** Int64 scalars. */
    static List<Expected> counters(Collection<String> names) {
        return names.stream()
                .map(name -> new Expected(name, List.of(), Set.of(ElementType.I64)))
                .toList();
    }

    /** Everything that is missing, unexpected, or of another shape or type, a line each, in the order of names. */
    static List<String> faults(Collection<Expected> expected, Map<String, StoredTensor> found) {
        Map<String, Expected> byName = new TreeMap<>();
        expected.forEach(tensor -> byName.put(tensor.name(), tensor));
        List<String> missing = without(byName.keySet(), found.keySet());
        List<String> unexpected = without(found.keySet(), byName.keySet());
        List<String> faults = new ArrayList<>();
        for (String name : missing) {
            faults.add("tensor " + name + " is missing; expected " + form(byName.get(name)));
        }
        for (String name : unexpected) {
            faults.add("tensor " + name + " is unexpected" + DidYouMean.hint(name, missing));
        }
        for (Expected tensor : byName.values()) {
            StoredTensor stored = found.get(tensor.name());
            if (stored != null && !fits(tensor, stored.spec())) {
                faults.add("tensor " + tensor.name() + ": expected " + form(tensor) + ", found "
                        + stored.spec().form());
            }
        }
        return faults;
    }

    private static List<String> without(Set<String> names, Set<String> others) {
        return names.stream().filter(name -> !others.contains(name)).toList();
    }

    private static boolean fits(Expected expected, TensorSpec found) {
        return expected.accepted().contains(found.type())
                && expected.dimensions().equals(found.dimensions());
    }

    private static String form(Expected expected) {
        String types = String.join(
                "|", expected.accepted().stream().map(Enum::name).sorted().toList());
        return types + " " + expected.dimensions();
    }
}
