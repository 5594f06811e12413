package io.syncbn.coordinator.membership;

import io.syncbn.proto.Protocol;
import io.syncbn.proto.v1.Join;
import java.util.List;
import java.util.Optional;

/** Whether a worker may join those that have: it must work on the same job, with the same data, from the same state. */
final class Admission {
    /** Names stand in every message. */
    private static final int MAX_NAME_LENGTH = 100;

    private Admission() {}

    /** Why not, or empty. */
    static Optional<String> refusal(Rules rules, List<Member> members, Join join) {
        String name = join.getName();
        if (join.getProtocolVersion() != Protocol.VERSION) {
            return Optional.of(name + " speaks version " + join.getProtocolVersion() + " of the protocol, expected "
                    + Protocol.VERSION + ": use the same release of syncbn everywhere");
        }
        if (name.isBlank() || name.length() > MAX_NAME_LENGTH) {
            return Optional.of("a worker's name has 1 to " + MAX_NAME_LENGTH + " characters, not '" + name + "'");
        }
        if (!join.getFingerprint().equals(rules.fingerprint())) {
            return Optional.of(name + " was started with another job: its fingerprint is " + join.getFingerprint()
                    + ", expected " + rules.fingerprint());
        }
        for (Member member : members) {
            if (member.name().equals(name)) {
                return Optional.of("there is a " + name + " already (host "
                        + member.join().getHost() + ", process " + member.join().getProcessId()
                        + "); names must differ");
            }
        }
        return members.isEmpty() ? Optional.empty() : difference(members.get(0).join(), join);
    }

    private static Optional<String> difference(Join first, Join join) {
        if (!join.getDataDigest().equals(first.getDataDigest())) {
            return Optional.of(differ("data", first, first.getDataDigest(), join, join.getDataDigest()));
        }
        if (join.getStep() != first.getStep()) {
            return Optional.of(differ("step", first, "" + first.getStep(), join, "" + join.getStep()));
        }
        if (!join.getStateDigest().equals(first.getStateDigest())) {
            return Optional.of(
                    differ("state of model and optimizer", first, first.getStateDigest(), join, join.getStateDigest()));
        }
        return Optional.empty();
    }

    private static String differ(String what, Join first, String firsts, Join join, String joins) {
        return join.getName() + "'s " + what + " differs from " + first.getName() + "'s: " + joins + ", expected "
                + firsts;
    }
}
