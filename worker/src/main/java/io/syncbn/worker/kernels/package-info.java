/**
 * Arithmetic on plain arrays. Convolutions and matrix products: our own tiles, oneDNN or ND4J, behind {@code LinearKernels}.
 * Everything per channel: loops behind {@code ChannelKernels}. What is our own has two implementations with equal bits, vectors
 * and plain loops.
 *
 * <p>Every result is a function of its arguments to the bit: one thread and a fixed order of operations, of which each rounds
 * once on all processors. Only oneDNN and ND4J may differ between kinds of processor.
 */
package io.syncbn.worker.kernels;
