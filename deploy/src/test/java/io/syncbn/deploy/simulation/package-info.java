/**
 * The whole protocol in one thread and virtual time: the product's {@code Coordinator} and {@code Session}s, a toy model
 * whose bits depend on every sum, and faults drawn from a seed.
 */
package io.syncbn.deploy.simulation;
