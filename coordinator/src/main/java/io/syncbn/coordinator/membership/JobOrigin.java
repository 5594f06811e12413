package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Join;

/**
 * What a job's result depends on beside its settings: equal for all its workers, including those that join after all
 * earlier ones are gone.
 *
 * @param of whose values these are, for messages
 * @param data digest
 * @param definition digest of the model's
 * @param arithmetic digest
 * @param arithmeticText what computes, in readable form
 */
public record JobOrigin(String of, String data, String definition, String arithmetic, String arithmeticText) {

    static JobOrigin of(Join join) {
        return of(join.getName(), join);
    }

    /** The job's, taken from one of the workers with which it began. */
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
