/**
 * The coordinator of one job, as a process: configuration in, outcome out.
 *
 * <p>{@link io.syncbn.coordinator.CoordinatorProcess} connects the parts: decisions ({@code membership}, {@code
 * rounds}), which use no network, threads or clock; and {@code service}, which turns streams into events and effects
 * into messages. One thread, the server's event loop, owns all state and carries out all effects.
 */
package io.syncbn.coordinator;
