package io.syncbn.worker.session;

import io.syncbn.proto.Protocol;
import io.syncbn.proto.v1.Join;

/**
 * What a worker says of itself whenever it joins.
 *
 * @param fingerprint of its job
 * @param dataDigest of its data
 * @param name how people call it
 * @param host where it runs, for messages
 * @param processId there
 */
public record Introduction(String fingerprint, String dataDigest, String name, String host, long processId) {

    Join at(Position position) {
        return Join.newBuilder()
                .setProtocolVersion(Protocol.VERSION)
                .setFingerprint(fingerprint)
                .setDataDigest(dataDigest)
                .setStateDigest(position.digest())
                .setStep(position.step())
                .setName(name)
                .setProcessId(processId)
                .setHost(host)
                .build();
    }
}
