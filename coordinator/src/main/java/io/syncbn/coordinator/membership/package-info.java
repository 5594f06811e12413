/**
 * Who is in, what each one computes, how a job ends: decided by a function of (now, state, event) that knows no network, no
 * threads and no clock.
 *
 * <p>{@link io.syncbn.coordinator.membership.Membership} is the state, a value; {@code on(now, event)} gives the next one
 * and the {@linkplain io.syncbn.coordinator.membership.Effect effects} that somebody else carries out. It goes through these
 * {@linkplain io.syncbn.coordinator.membership.Phase phases}, and decides in files of their own:
 *
 * <pre>
 *   GATHERING  workers join, or are refused with the reason. A generation begins when there are as many as may be, or enough
 *              of them and nobody has joined for a while. Too few in time: the job fails.            Joining, Gathering
 *              Nobody has what was committed: the job goes back to a checkpoint that one of them reads.  Restores
 *   ALIGNING   shards are dealt in contiguous runs, in the natural order of workers' names, and each worker gets its
 *              Plan and says where it stands. Those that are behind take over the state of the furthest; the
 *              generation begins when all have the same.                                             Seating, Aligning
 *   RUNNING    committed steps are counted. Whoever comes or wants to go waits for the next commit, with which the
 *              generation ends as planned.                                                           Running
 *              So does a change of those whose shards another computes as well.                      Reruns
 *              Whoever is lost, silent, too late or wrong is out at once. The step that is under way is
 *              abandoned, and those who are left go on in the next generation, or wait in GATHERING. Departures
 *   STOPPING   the user has stopped the job: workers keep a checkpoint.                              Ending
 *   ENDED      all have finished with equal weights, or were stopped, or the job has failed and everyone was told why.
 * </pre>
 *
 * <p>A generation is what makes going on safe: it is raised with every change of who computes what, every frame carries it,
 * and one of another generation is not added. A step is committed in one generation only, because the next one begins after
 * the furthest state that any of its workers has.
 */
package io.syncbn.coordinator.membership;
