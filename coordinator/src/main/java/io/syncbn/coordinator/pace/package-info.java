/**
 * How fast the job goes: when a worker is too late, and which one slows the others down. Decided without a clock; times
 * are readings of a monotonic one.
 */
package io.syncbn.coordinator.pace;
