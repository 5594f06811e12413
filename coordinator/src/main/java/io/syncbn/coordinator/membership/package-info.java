/**
 * Who is in, what each one computes, how a job ends: decided by a function of (now, state, event) that knows no network, no
 * threads and no clock.
 *
 * <p>{@link io.syncbn.coordinator.membership.Membership} is the state, a value; {@code on(now, event)} gives the next one
 * and the {@linkplain io.syncbn.coordinator.membership.Effect effects} that somebody else carries out. It goes through three
 * {@linkplain io.syncbn.coordinator.membership.Phase phases}:
 *
 * <pre>
 *   GATHERING  workers join, or are refused with the reason; one that leaves may come back.
 *              The last of them to join begins generation 1: shards are dealt in contiguous runs, in the natural
 *              order of workers' names, and each worker gets its Plan. Too few in time: the job fails.
 *   RUNNING    committed steps are counted. A worker that is silent, or whose connection closes before
 *              it has finished, is lost; a lost worker, a worker's own failure, or a refused frame fails the job.
 *   ENDED      all have finished with equal weights, or the job has failed and everyone was told why.
 * </pre>
 *
 * <p>Generation and committed step are part of every decision, so that a later form can go on without a lost worker: deal
 * its shards anew under the next generation, instead of failing.
 */
package io.syncbn.coordinator.membership;
