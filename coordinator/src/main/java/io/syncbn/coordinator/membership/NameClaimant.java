package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Join;

/**
 * Somebody who has introduced itself by the name of a member that may be dead: a worker that was started again before it was
 * missed. It waits until that member is lost, or gives a sign of life.
 *
 * @param connection its control stream
 * @param join what it said of itself
 * @param sinceNanos when
 */
public record NameClaimant(long connection, Join join, long sinceNanos) {}
