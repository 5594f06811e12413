/**
 * Arithmetic on plain arrays: convolutions and matrix products by natives (oneDNN, or ND4J where there is
 * none), everything per channel by SIMD loops with a plain twin.
 *
 * <p>Every result is a function of its arguments to the bit: one thread, a fixed order of additions, no fused
 * multiply-add in our own loops. Only natives may differ between kinds of processor.
 */
package io.syncbn.worker.kernels;
