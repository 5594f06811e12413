package io.syncbn.deploy.bench;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A model, and the height and width of the pictures that it is trained on; written {@code resnet18:64}. */
public record Workload(String model, int size) {
    private static final Pattern TEXT = Pattern.compile("([\\w.-]+):([1-9]\\d{0,3})");

    /** What configurations of several workers are measured with. */
    static final Workload RESNET20 = new Workload("resnet20", 32);

    public static Optional<Workload> parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        return matcher.matches()
                ? Optional.of(new Workload(matcher.group(1), Integer.parseInt(matcher.group(2))))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return model + ", " + size + " × " + size;
    }
}
