/**
 * The file of events: the coordinator's record of a job, for people, and for itself after a restart.
 *
 * <p>A line is a JSON object. {@link io.syncbn.coordinator.journal.EventLine} defines its fields; {@link
 * io.syncbn.coordinator.journal.EventsFile} writes it and reads it back.
 */
package io.syncbn.coordinator.journal;
