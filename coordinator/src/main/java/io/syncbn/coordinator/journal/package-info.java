/**
 * The file of events: what the coordinator writes down of a job, for people, and for itself, should it be started again.
 *
 * <p>A line is a JSON object. {@link io.syncbn.coordinator.journal.EventLine} says what is in it;
 * {@link io.syncbn.coordinator.journal.EventsFile} writes it and reads it back.
 */
package io.syncbn.coordinator.journal;
