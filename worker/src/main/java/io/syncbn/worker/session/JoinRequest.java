package io.syncbn.worker.session;

import io.syncbn.proto.Protocol;
import io.syncbn.proto.v1.Join;

/**
 * What a worker reports about itself whenever it joins.
 *
 * @param fingerprint of its job
 * @param identity what else must be equal on all workers
 * @param name the worker's name
 * @param host where it runs, for messages
 * @param processId on that host
 * @param sizes of the data it sends, and of its memory
 */
public record JoinRequest(
        String fingerprint, Identity identity, String name, String host, long processId, Sizes sizes) {

    Join at(Position position) {
        return Join.newBuilder()
                .setProtocolVersion(Protocol.VERSION)
                .setFingerprint(fingerprint)
                .setDataDigest(identity.data())
                .setDefinitionDigest(identity.definition())
                .setArithmeticDigest(identity.arithmetic())
                .setArithmetic(identity.arithmeticInWords())
                .setStateDigest(position.digest())
                .setStep(position.step())
                .setName(name)
                .setProcessId(processId)
                .setHost(host)
                .setGradientBytes(sizes.gradientBytes())
                .setStateBytes(sizes.stateBytes())
                .setBacklogSteps(sizes.backlogSteps())
                .build();
    }
}
