package io.syncbn.worker.optim;

import java.util.List;

/**
 * What an optimizer remembers, by name. Checkpoints, digests and the transfer of a state list it in this order.
 *
 * @param arrays one number for each weight, as in {@code exp_avg}
 * @param counters whole numbers, as in {@code step}; each starts at 0
 */
public record SlotNames(List<String> arrays, List<String> counters) {
    public static final SlotNames NONE = new SlotNames(List.of(), List.of());

    public SlotNames {
        arrays = List.copyOf(arrays);
        counters = List.copyOf(counters);
    }
}
