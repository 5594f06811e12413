/**
 * Normalizers, each found by the name that {@code --norm} takes. A normalizer is put together from parts: statistics, the
 * transform that they give, scale and shift, and running statistics where it has them.
 */
package io.syncbn.worker.nn.norm;
