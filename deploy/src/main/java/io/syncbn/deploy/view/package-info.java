/**
 * A run to be looked at: one page, of a live job or a run directory.
 *
 * <p>{@link io.syncbn.deploy.view.Story} is what the page shows: it takes lines of {@code metrics.jsonl}, {@code
 * events.jsonl} and {@code workers.jsonl}, in whatever order they come, and is as large for a day as for an hour. A live
 * job's lines come from its coordinator ({@link io.syncbn.deploy.view.LivePage}), another run's from its files ({@link
 * io.syncbn.deploy.view.RunFollower}); the page cannot tell the difference.
 */
package io.syncbn.deploy.view;
