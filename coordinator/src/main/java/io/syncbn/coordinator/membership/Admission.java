package io.syncbn.coordinator.membership;

import io.syncbn.proto.Protocol;
import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Ready;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether a worker may join: it must work on the same job as the members, with the same data, model and arithmetic,
 * from a state of that job.
 */
final class Admission {
    /** Limited because every message contains names. */
    private static final int MAX_NAME_LENGTH = 100;

    /** Replaces invisible or invalid characters in a cleaned text. */
    private static final char TAKEN_OUT = '\uFFFD';

    private Admission() {}

    /**
     * Why the worker may not join, or empty.
     *
     * @param origin the job's origin, if it has begun
     */
    static Optional<String> refusal(Rules rules, Optional<JobOrigin> origin, List<Member> members, Join join) {
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
        long needed =
                Limits.neededBytes(join.getGradientBytes(), rules.workers().most());
        if (needed > rules.limits().heapBytes()) {
            return Optional.of("the coordinator's memory is too small for "
                    + rules.workers().most() + " workers and a model of "
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
        return Stream.concat(members.stream().map(Member::join).map(JobOrigin::of), origin.stream())
                .map(other -> otherOrigin(other, JobOrigin.of(join)))
                .flatMap(Optional::stream)
                .findFirst()
                .or(() -> members.stream()
                        .map(member -> otherState(member, join))
                        .flatMap(Optional::stream)
                        .findFirst());
    }

    private static long mebibytes(long bytes) {
        return (bytes + (1 << 20) - 1) >> 20;
    }

    private static Optional<String> otherOrigin(JobOrigin there, JobOrigin came) {
        if (!came.data().equals(there.data())) {
            return Optional.of(differ("data", there.of(), there.data(), came.of(), came.data()));
        }
        if (!came.definition().equals(there.definition())) {
            return Optional.of(differ("model", there.of(), there.definition(), came.of(), came.definition())
                    + ", as digests of its layers: the class must be the same version everywhere");
        }
        if (!came.arithmetic().equals(there.arithmetic())) {
            return Optional.of(otherArithmetic(there, came));
        }
        return Optional.empty();
    }

    /** Workers at the same step must have the same state; at different steps, they take over the furthest one's. */
    private static Optional<String> otherState(Member member, Join join) {
        long step = member.ready().map(Ready::getStep).orElse(member.join().getStep());
        String digest =
                member.ready().map(Ready::getStateDigest).orElse(member.join().getStateDigest());
        return join.getStep() == step && !join.getStateDigest().equals(digest)
                ? Optional.of(differ(
                        "state of model and optimizer after step " + step,
                        member.name(),
                        digest,
                        join.getName(),
                        join.getStateDigest()))
                : Optional.empty();
    }

    private static String otherArithmetic(JobOrigin there, JobOrigin came) {
        return came.of() + "'s arithmetic differs from " + there.of()
                + "'s, so that the weights would depend on"
                + " who computes what: " + came.of() + " has " + came.arithmeticText() + "; " + there.of() + " has "
                + there.arithmeticText()
                + ". With --kernels portable all processors compute alike, and with --kernels onednn --isa avx2 all that have"
                + " AVX2";
    }

    private static String differ(String what, String other, String expected, String comer, String came) {
        return comer + "'s " + what + " differs from " + other + "'s: " + came + ", expected " + expected;
    }
}
