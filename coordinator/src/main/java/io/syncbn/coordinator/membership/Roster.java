package io.syncbn.coordinator.membership;

import java.util.List;
import java.util.Set;

/**
 * Who is there, and who is waited for.
 *
 * @param members all that have joined and are still there, in the order of joining
 * @param comers those who wait for a member's name
 * @param expected names of those that are to come back after a restart of the coordinator
 * @param suspicions what is held against workers
 */
public record Roster(List<Member> members, List<NameClaimant> comers, Set<String> expected, FaultHistory suspicions) {

    public Roster {
        members = List.copyOf(members);
        comers = List.copyOf(comers);
        expected = Set.copyOf(expected);
    }
}
