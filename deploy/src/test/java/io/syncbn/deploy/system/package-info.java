/**
 * Whole runs of the {@code syncbn} command: real processes, real connections, real files.
 *
 * <p>Each process is a {@link io.syncbn.deploy.system.Syncbn}, which nothing that it starts outlives.
 */
package io.syncbn.deploy.system;
