/**
 * A worker's side of the conversation with the coordinator: how it joins, begins and abandons the work of a generation,
 * catches up with the others' state, and ends.
 *
 * <p>{@link io.syncbn.worker.session.Session} decides: it takes {@linkplain io.syncbn.worker.session.SessionEvent
 * events} (a message arrived, the connection was lost, a command was carried out), and returns what to do ({@linkplain
 * io.syncbn.worker.session.SessionEffect effects}), without network, threads or clock, so that a simulation can run it.
 * {@link io.syncbn.worker.session.SessionState} is its state:
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
 * <p>A Plan, Hold or Stop may arrive in any state with a stream, and losing the stream leads back to OFFLINE from all
 * states but LEAVING. The tests' transition table has every state and every message.
 */
package io.syncbn.worker.session;
