/**
 * Who the members are, what each computes, how a job ends: decided by a function of (now, state, event) that uses no
 * network, threads or clock.
 *
 * <p>{@link io.syncbn.coordinator.membership.Membership} is the state, a value. {@link
 * io.syncbn.coordinator.membership.Decisions#on} returns the next one and the {@linkplain
 * io.syncbn.coordinator.membership.Effect effects}, which its caller carries out. Dependencies run one way:
 *
 * <pre>
 *   Decisions ──▶ what an event changes: Joining, NameConflicts, Departures, Leaving, Damages,  ──▶ Draft
 *       │         Aligning, Restores, Running, Backups, Finishing, Stopping, Watch                    ▲
 *       ▼                                                                                             │
 *   Transitions ──▶ what follows: GenerationEnd, Gathering, Dealing, Alignment, Stopping, Endings ────┘
 * </pre>
 *
 * The upper ones change facts of the {@link io.syncbn.coordinator.membership.Draft}: a member is lost, wants to leave,
 * is slow, is ready, has finished. {@link io.syncbn.coordinator.membership.Transitions} looks at the facts once, at the
 * end, and may move from one {@linkplain io.syncbn.coordinator.membership.Phase phase} to another:
 *
 * <pre>
 *   GATHERING  workers join, or are refused with the reason. A generation is dealt when as many as allowed are present,
 *              or enough of them and nobody has joined for a while. Too few in time: the job fails. No worker has the
 *              committed state: the job is restored from a checkpoint that one of them reads.
 *   ALIGNING   shards are dealt in contiguous runs, in the natural order of workers' names; each worker gets its Plan
 *              and reports its state. Those behind take over the state of the furthest; the generation begins when
 *              all have the same.
 *   RUNNING    committed steps are counted. A worker that joins or leaves waits for the next commit, with which the
 *              generation ends as planned; so does a change of backups.
 *   STOPPING   the user has stopped the job: workers keep a checkpoint.
 *   DONE       all have finished with equal weights; latecomers are told so.
 *   ENDED      the job was stopped, or has failed and every worker was told why.
 * </pre>
 *
 * <p><b>From a lost worker to the next Begin</b>, read downwards:
 *
 * <pre>
 *   Decisions.on(ControlClosed)    Departures.closed          the worker is no longer a member
 *   Transitions.settle             Draft.isBroken             a seat of the generation is empty
 *   Transitions.next               GenerationEnd.end          the step under way is abandoned
 *                                  Leaving.letGoWhoMay        workers that wanted to leave at its commit leave now
 *                                  Gathering.obstacle         too few are left, or none has the state: hold, or stop
 *                                  Dealing.deal               else the shards are dealt again: Plan
 *   Decisions.on(BecameReady), from each
 *   Transitions.settle             Standings                  what state each has
 *                                  Alignment.align            not at the same step: Align, and Ready again
 *                                  Alignment.begin            Begin
 * </pre>
 *
 * <p>Generations make it safe to go on: the number is raised with every change of who computes what, every frame
 * carries it, and frames of another generation are not added. A step is committed in one generation only, because the
 * next one begins after the furthest state that any of its workers has.
 *
 * <p><b>Whoever drives a Membership</b> must
 *
 * <ol>
 *   <li>pass it one event at a time, each with the state that the previous one returned, and with readings of one
 *       monotonic clock;
 *   <li>carry out all effects, each once, in order, those of an earlier decision before those of a later one. An event
 *       that occurs while an effect is carried out may be decided on at once, on the newest state; its effects come
 *       after those already due. Decisions nest, effects queue;
 *   <li>have a {@linkplain io.syncbn.coordinator.membership.Effect.Note#isToBeKept note that must be kept} on the disk
 *       before it carries out later effects. Other events may come meanwhile, but no ticks, because some workers may
 *       not have been told yet what is expected of them;
 *   <li>send nothing on a stream after its End; report a stream's end as an event, once, whatever the cause; and never
 *       reuse a connection's number. An event of a connection that is no member's is allowed, and changes nothing;
 *   <li>pass a Tick about ten times a second: timeouts are checked then, and only then;
 *   <li>stop with the {@linkplain io.syncbn.coordinator.membership.Effect.Last last effect}. Workers that join later
 *       are refused.
 * </ol>
 */
package io.syncbn.coordinator.membership;
