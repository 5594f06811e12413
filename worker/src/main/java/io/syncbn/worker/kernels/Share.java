package io.syncbn.worker.kernels;

import java.util.ArrayList;
import java.util.List;

/**
 * What one thread computes of an operation: some panels of the result's channels, and of these a slice of the pixels, or of the
 * filter.
 *
 * @param panels the first channels of these
 * @param slice its number, from 0
 * @param slices how many there are of these panels
 */
record Share(List<Integer> panels, int slice, int slices) {

    /** Shares of about equal size: of panels, as long as there are enough, because a slice has to pack all of its panels. */
    static List<Share> of(List<Integer> panels, int threads) {
        int groups = Math.min(panels.size(), threads);
        int slices = threads / groups;
        List<Share> shares = new ArrayList<>();
        for (int group = 0; group < groups; group++) {
            List<Integer> own =
                    panels.subList(part(panels.size(), group, groups), part(panels.size(), group + 1, groups));
            for (int slice = 0; slice < slices; slice++) {
                shares.add(new Share(own, slice, slices));
            }
        }
        return shares;
    }

    /** Where the slice begins of a number of things that come in whole units. */
    int from(int count, int unit) {
        return Math.min(count, part((count + unit - 1) / unit, slice, slices) * unit);
    }

    /** Where it ends. */
    int to(int count, int unit) {
        return Math.min(count, part((count + unit - 1) / unit, slice + 1, slices) * unit);
    }

    private static int part(int count, int part, int parts) {
        return (int) ((long) count * part / parts);
    }
}
