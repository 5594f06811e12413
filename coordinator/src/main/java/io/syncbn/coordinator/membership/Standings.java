package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Ready;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The states of a generation's workers, all of which are ready.
 *
 * @param workers the furthest first; of equals, the one with the lowest number
 */
record Standings(List<Member> workers) {
    /**
     * Order from the furthest to the one most behind. At the same step, one that knows the data's statistics is
     * further.
     */
    private static final Comparator<Member> FURTHEST_FIRST = Comparator.comparing(
                    (Member member) -> standing(member).getStep())
            .thenComparing(member -> knowsStatistics(standing(member)))
            .reversed()
            .thenComparing(Member::seat);

    static Standings of(List<Member> ready) {
        return new Standings(ready.stream().sorted(FURTHEST_FIRST).toList());
    }

    Member furthest() {
        return workers.get(0);
    }

    /** The state of the furthest worker. */
    Ready state() {
        return standing(furthest());
    }

    long step() {
        return state().getStep();
    }

    boolean areEqual() {
        return workers.stream().allMatch(this::isThere);
    }

    /** Whether a worker has the same state as the furthest. */
    boolean isThere(Member worker) {
        Ready other = standing(worker);
        return other.getStep() == step()
                && other.getStateDigest().equals(state().getStateDigest())
                && knowsStatistics(other) == knowsStatistics(state());
    }

    /** The workers that need the furthest one's weights, in the order of their numbers. */
    List<Member> behind() {
        return workers.stream()
                .filter(worker -> standing(worker).getStep() < step())
                .sorted(Comparator.comparing(Member::seat))
                .toList();
    }

    /** Workers at the same step must have the same state: describes where they do not, if so. */
    Optional<String> difference() {
        Map<Long, Map<String, List<String>>> namesByStateByStep = workers.stream()
                .sorted(Comparator.comparing(Member::seat))
                .collect(Collectors.groupingBy(
                        worker -> standing(worker).getStep(),
                        LinkedHashMap::new,
                        Collectors.groupingBy(
                                worker -> standing(worker).getStateDigest(),
                                LinkedHashMap::new,
                                Collectors.mapping(Member::name, Collectors.toList()))));
        return namesByStateByStep.entrySet().stream()
                .filter(step -> step.getValue().size() > 1)
                .map(step -> "workers have different states after step " + step.getKey() + ": "
                        + NaturalOrder.list(step.getValue()))
                .findFirst();
    }

    private static Ready standing(Member member) {
        return member.ready().orElseThrow();
    }

    private static boolean knowsStatistics(Ready ready) {
        return ready.getDataStatisticsCount() > 0;
    }
}
