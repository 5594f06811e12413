package io.syncbn.deploy.launch;

/**
 * What processes of a job run.
 *
 * @param mainClass whose {@code main} takes the words of a command
 * @param heaps how large theirs may grow
 */
public record JavaProgram(String mainClass, Heaps heaps) {}
