package io.syncbn.worker.session;

import io.syncbn.proto.v1.Damaged;
import io.syncbn.proto.v1.Failed;
import io.syncbn.proto.v1.Finished;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.Leave;
import io.syncbn.proto.v1.Ready;
import io.syncbn.proto.v1.Restored;

/** A worker's messages after its Join. */
final class Messages {
    private Messages() {}

    static FromWorker ready(long generation, Position position) {
        return FromWorker.newBuilder()
                .setReady(Ready.newBuilder()
                        .setGeneration(generation)
                        .setStep(position.step())
                        .setStateDigest(position.digest())
                        .setBatchesTracked(position.batchesTracked())
                        .addAllDataStatistics(position.dataStatistics())
                        .setLeftOutInARow(position.leftOutInARow()))
                .build();
    }

    static FromWorker restored(Position position, boolean isFromCheckpoint) {
        return FromWorker.newBuilder()
                .setRestored(Restored.newBuilder().setStep(position.step()).setIsFromCheckpoint(isFromCheckpoint))
                .build();
    }

    /** @param generation 0 for a worker that had no seat */
    static FromWorker finished(long generation, Position position) {
        return FromWorker.newBuilder()
                .setFinished(Finished.newBuilder()
                        .setGeneration(generation)
                        .setStep(position.step())
                        .setStateDigest(position.digest()))
                .build();
    }

    static FromWorker damaged(SessionEvent.Broken broken) {
        return FromWorker.newBuilder()
                .setDamaged(
                        Damaged.newBuilder().setGeneration(broken.generation()).setReason(broken.reason()))
                .build();
    }

    static FromWorker leave(String reason) {
        return FromWorker.newBuilder()
                .setLeave(Leave.newBuilder().setReason(reason))
                .build();
    }

    static FromWorker failed(Fault fault) {
        return FromWorker.newBuilder()
                .setFailed(Failed.newBuilder()
                        .setReason(fault.reason())
                        .setCause(fault.isOfThisWorker() ? Failed.Cause.WORKER : Failed.Cause.JOB)
                        .setFault(fault.kind()))
                .build();
    }
}
