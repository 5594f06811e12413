/**
 * Benchmarks that a user can run: {@code syncbn bench step} and {@code syncbn bench allreduce}. They measure the real
 * processes on the real streams, and print one JSON line a result.
 */
package io.syncbn.deploy.bench;
