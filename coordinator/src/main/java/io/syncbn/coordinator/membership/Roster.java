package io.syncbn.coordinator.membership;

import java.util.List;
import java.util.Set;

/**
 * The members, and the workers that are expected.
 *
 * @param members all workers that have joined and are still present, in the order of joining
 * @param comers workers that wait for a member's name
 * @param expected names of the workers expected back after a restart of the coordinator
 * @param suspicions workers' past faults
 */
public record Roster(List<Member> members, List<NameClaimant> comers, Set<String> expected, FaultHistory suspicions) {

    public Roster {
        members = List.copyOf(members);
        comers = List.copyOf(comers);
        expected = Set.copyOf(expected);
    }
}
