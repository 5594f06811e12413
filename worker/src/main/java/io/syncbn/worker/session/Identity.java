package io.syncbn.worker.session;

/**
 * What decides a worker's bits beside the job, by digests (SHA-256, hex).
 *
 * @param data of its data
 * @param definition of its model's layers
 * @param arithmetic of a probe's results
 * @param arithmeticInWords what computed them
 */
public record Identity(String data, String definition, String arithmetic, String arithmeticInWords) {}
