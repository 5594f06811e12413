/**
 * A worker's side of the conversation with the coordinator: how it joins, takes up the work of a generation, drops it, comes
 * to the others' state, and ends.
 *
 * <p>{@link io.syncbn.worker.session.Session} decides: it is told of {@linkplain io.syncbn.worker.session.SessionEvent
 * events} (a message came, the connection was lost, a command was carried out), and says what is to be done ({@linkplain
 * io.syncbn.worker.session.SessionEffect effects}), without network, threads or clock, so that a simulation can run it.
 * {@link io.syncbn.worker.session.SessionState} says where it stands:
 *
 * <pre>
 *             Join           Plan             Ready           Begin             Finished
 *   OFFLINE ────────▶ JOINING ────▶ PREPARING ──────▶ READY ──────────▶ TRAINING ────────▶ FINISHED ──▶ OVER
 *                       │ Hold        ▲    ▲          │   ▲              │ Stop            Keep done
 *                       ▼             │    │    Align ▼   │ Ready        ├──────▶ STOPPING ──────────▶ STOPPED ──▶ OVER
 *                     WAITING ────────┘    │         ALIGNING            │ Released, as it had asked
 *                       │ Restore          │                             └──────▶ LEAVING ──▶ OVER
 *                       ▼                  │
 *                     RESTORING ───────────┘
 * </pre>
 *
 * <p>A Plan, Hold or Stop may come in any state with a stream, and a lost stream leads from each back to OFFLINE, but from
 * LEAVING. The transition table of the tests has every state and every message.
 */
package io.syncbn.worker.session;
