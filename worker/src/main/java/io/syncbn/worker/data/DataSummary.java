package io.syncbn.worker.data;

import io.syncbn.worker.nn.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Describes the data that was read: data whose layout was misread trains too, and the mistake shows only here. */
public final class DataSummary {
    /** Prefix of each line, so that it can be found in a log. */
    public static final String PREFIX = "data: ";

    /** Prefix of the last line. */
    public static final String LAST = PREFIX + "test, ";

    private static final Set<Integer> COLOURS = Set.of(1, 3);

    private DataSummary() {}

    /** A line for training and one for test, between them a warning where the layout looks wrong. */
    public static List<String> lines(Dataset data) {
        Shape shape = data.shape();
        List<String> lines = new ArrayList<>();
        lines.add(PREFIX + "training, " + rows(data.train(), shape) + ", " + data.classes() + " classes");
        boolean isPicture = shape.pixels() > 1;
        if (isPicture && COLOURS.contains(shape.width()) && !COLOURS.contains(shape.channels())) {
            lines.add(PREFIX + "is its last dimension, " + shape.width() + ", the channels, and not the second, "
                    + shape.channels() + "? They are expected as N x C x H x W; x.transpose(0, 3, 1, 2) in NumPy");
        }
        lines.add(LAST + rows(data.test(), shape));
        return lines;
    }

    private static String rows(Dataset.Split split, Shape shape) {
        String form = shape.pixels() == 1
                ? shape.channels() + " features"
                : shape.channels() + " x " + shape.height() + " x " + shape.width() + " (channels x height x width)";
        return split.size() + " rows of " + form;
    }
}
