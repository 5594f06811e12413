/**
 * Who is in, what each one computes, how a job ends: decided by a function of (now, state, event) that knows no network, no
 * threads and no clock.
 *
 * <p>{@link io.syncbn.coordinator.membership.Membership} is the state, a value. {@link
 * io.syncbn.coordinator.membership.Decisions#on} gives the next one and the {@linkplain
 * io.syncbn.coordinator.membership.Effect effects} that somebody else carries out. Arrows run one way:
 *
 * <pre>
 *   Decisions ──▶ what an event changes: Joining, NameConflicts, Departures, Leaving, Damages,  ──▶ Draft
 *       │         Aligning, Restores, Running, Backups, Finishing, Stopping, Watch                    ▲
 *       ▼                                                                                             │
 *   Transitions ──▶ what follows: GenerationEnd, Gathering, Dealing, Alignment, Stopping, Endings ────┘
 * </pre>
 *
 * The first change facts of the {@link io.syncbn.coordinator.membership.Draft}: a member is lost, wants to leave, is slow,
 * is ready, has finished. {@link io.syncbn.coordinator.membership.Transitions} looks at the facts once, at the end, and goes
 * from one {@linkplain io.syncbn.coordinator.membership.Phase phase} to another, or does not:
 *
 * <pre>
 *   GATHERING  workers join, or are refused with the reason. A generation is dealt when there are as many as may be, or
 *              enough of them and nobody has joined for a while. Too few in time: the job fails. Nobody has what was
 *              committed: the job goes back to a checkpoint that one of them reads.
 *   ALIGNING   shards are dealt in contiguous runs, in the natural order of workers' names, and each worker gets its
 *              Plan and says where it stands. Those that are behind take over the state of the furthest; the
 *              generation begins when all have the same.
 *   RUNNING    committed steps are counted. Whoever comes or wants to go waits for the next commit, with which the
 *              generation ends as planned; so does a change of those whose shards another computes as well.
 *   STOPPING   the user has stopped the job: workers keep a checkpoint.
 *   DONE       all have finished with equal weights: that is what those who come late are told.
 *   ENDED      the job was stopped, or has failed and everyone was told why.
 * </pre>
 *
 * <p><b>From a lost worker to the next Begin</b>, read downwards:
 *
 * <pre>
 *   Decisions.on(ControlClosed)    Departures.closed          it is no member any more
 *   Transitions.settle             Draft.isBroken             a place in the generation is empty
 *   Transitions.next               GenerationEnd.end          the step under way is abandoned
 *                                  Leaving.letGoWhoMay        who wanted to go at its commit goes now
 *                                  Gathering.obstacle         too few are left, or none that has the state: hold, or stop
 *                                  Dealing.deal               else the shards are dealt anew: Plan
 *   Decisions.on(BecameReady), from each
 *   Transitions.settle             Standings                  where they stand
 *                                  Alignment.align            not at the same step: Align, and Ready again
 *                                  Alignment.begin            Begin
 * </pre>
 *
 * <p>A generation is what makes going on safe: it is raised with every change of who computes what, every frame carries it,
 * and one of another generation is not added. A step is committed in one generation only, because the next one begins after
 * the furthest state that any of its workers has.
 *
 * <p><b>Whoever drives a Membership</b> must
 *
 * <ol>
 *   <li>give it one event at a time, each with the state that the one before gave, and with readings of one monotonic clock;
 *   <li>carry out all effects, each once, in their order, those of an earlier decision before those of a later one. What
 *       carrying one out brings about may be decided on at once, in the midst of it, on the newest state; its effects come
 *       after those that are due already. Decisions nest, effects queue;
 *   <li>have a {@linkplain io.syncbn.coordinator.membership.Effect.Note#isToBeKept note that must be kept} on the disk before
 *       it carries out what comes after. Other events may come meanwhile; ticks may not, because there may be workers that
 *       have not been told yet what is expected of them;
 *   <li>send nothing on a stream after its End, and give a stream's end as an event, once, however it came about; a number
 *       of a connection is never used again. An event of a connection that is no member's is allowed, and changes nothing;
 *   <li>give a Tick about ten times a second: that something takes too long is looked at then, and only then;
 *   <li>stop with the {@linkplain io.syncbn.coordinator.membership.Effect.Last last effect}. Who joins after it is refused.
 * </ol>
 */
package io.syncbn.coordinator.membership;
