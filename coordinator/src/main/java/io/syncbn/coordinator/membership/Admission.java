package io.syncbn.coordinator.membership;

import io.syncbn.proto.Protocol;
import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Ready;
import java.util.List;
import java.util.Optional;

/**
 * Whether a worker may join those that have: it must work on the same job, with the same data, model and arithmetic, from a
 * state of it.
 */
final class Admission {
    /** Names stand in every message. */
    private static final int MAX_NAME_LENGTH = 100;

    /** Stands in a text where a character was that is not seen, or no character. */
    private static final char TAKEN_OUT = '\uFFFD';

    private Admission() {}

    /** Why not, or empty. */
    static Optional<String> refusal(Rules rules, List<Member> members, Join join) {
        String name = join.getName();
        if (join.getProtocolVersion() != Protocol.VERSION) {
            return Optional.of(name + " speaks version " + join.getProtocolVersion() + " of the protocol, expected "
                    + Protocol.VERSION + ": use the same release of syncbn everywhere");
        }
        if (name.isBlank() || name.length() > MAX_NAME_LENGTH || name.indexOf(TAKEN_OUT) >= 0) {
            return Optional.of(
                    "a worker's name has 1 to " + MAX_NAME_LENGTH + " characters that are seen, not '" + name + "'");
        }
        if (!join.getFingerprint().equals(rules.fingerprint())) {
            return Optional.of(name + " was started with another job: its fingerprint is " + join.getFingerprint()
                    + ", expected " + rules.fingerprint());
        }
        long needed = Limits.neededBytes(join.getGradientBytes(), rules.maxWorkers());
        if (needed > rules.limits().heapBytes()) {
            return Optional.of(
                    "the coordinator's memory is too small for " + rules.maxWorkers() + " workers and a model of "
                            + mebibytes(join.getGradientBytes()) + " MB: its heap is "
                            + mebibytes(rules.limits().heapBytes())
                            + " MB, and about " + mebibytes(needed)
                            + " MB are needed; give it more by --coordinator-heap, or where it is started by itself, by"
                            + " SYNCBN_JAVA_OPTS=-Xmx" + mebibytes(needed) + "m");
        }
        for (Member member : members) {
            if (member.name().equals(name)) {
                return Optional.of("there is a " + name + " already (host "
                        + member.join().getHost() + ", process " + member.join().getProcessId()
                        + "); names must differ");
            }
        }
        return members.stream()
                .map(member -> difference(member, join))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static long mebibytes(long bytes) {
        return (bytes + (1 << 20) - 1) >> 20;
    }

    /** At one step there is one state. Who stands at another one takes over the furthest. */
    private static Optional<String> difference(Member member, Join join) {
        if (!join.getDataDigest().equals(member.join().getDataDigest())) {
            return Optional.of(differ("data", member, member.join().getDataDigest(), join, join.getDataDigest()));
        }
        if (!join.getDefinitionDigest().equals(member.join().getDefinitionDigest())) {
            return Optional.of(
                    differ("model", member, member.join().getDefinitionDigest(), join, join.getDefinitionDigest())
                            + ", as digests of its layers: the class must be the same version everywhere");
        }
        if (!join.getArithmeticDigest().equals(member.join().getArithmeticDigest())) {
            return Optional.of(otherArithmetic(member, join));
        }
        long step = member.ready().map(Ready::getStep).orElse(member.join().getStep());
        String digest =
                member.ready().map(Ready::getStateDigest).orElse(member.join().getStateDigest());
        return join.getStep() == step && !join.getStateDigest().equals(digest)
                ? Optional.of(differ(
                        "state of model and optimizer after step " + step, member, digest, join, join.getStateDigest()))
                : Optional.empty();
    }

    private static String otherArithmetic(Member member, Join join) {
        return join.getName() + "'s arithmetic differs from " + member.name()
                + "'s, so that the weights would depend on"
                + " who computes what: " + join.getName() + " has " + join.getArithmetic() + "; " + member.name()
                + " has " + member.join().getArithmetic()
                + ". Use processors of one kind, or give the job --isa avx2, for which all that have AVX2 compute alike";
    }

    private static String differ(String what, Member member, String expected, Join join, String came) {
        return join.getName() + "'s " + what + " differs from " + member.name() + "'s: " + came + ", expected "
                + expected;
    }
}
