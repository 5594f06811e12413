package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Join;

/**
 * What a job's result depends on beside its settings: the same for all its workers, also for those that come when nobody is
 * left of those before.
 *
 * @param of whose it is, in a message
 * @param data digest
 * @param definition digest of the model's
 * @param arithmetic digest
 * @param arithmeticText what computes so, for people
 */
public record JobOrigin(String of, String data, String definition, String arithmetic, String arithmeticText) {

    static JobOrigin of(Join join) {
        return of(join.getName(), join);
    }

    /** As one of the workers with which the job began had it. */
    static JobOrigin ofJob(Join join) {
        return of("the job", join);
    }

    private static JobOrigin of(String whose, Join join) {
        return new JobOrigin(
                whose,
                join.getDataDigest(),
                join.getDefinitionDigest(),
                join.getArithmeticDigest(),
                join.getArithmetic());
    }
}
