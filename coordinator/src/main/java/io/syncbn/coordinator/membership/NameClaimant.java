package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Join;

/**
 * A worker that asks to join under the name of a member that may be dead: probably that worker, restarted before its
 * death was noticed. It waits until the member is lost, or sends a heartbeat.
 *
 * @param connection its control stream
 * @param join its Join message
 * @param sinceNanos when it asked
 */
public record NameClaimant(long connection, Join join, long sinceNanos) {}
