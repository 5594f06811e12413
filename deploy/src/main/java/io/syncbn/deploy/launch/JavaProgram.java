package io.syncbn.deploy.launch;

/**
 * What processes of a job run.
 *
 * @param mainClass whose {@code main} takes the words of a command
 * @param heaps how large theirs may grow
 * @param pagePort port of the page; 0 for any that is free
 */
public record JavaProgram(String mainClass, Heaps heaps, int pagePort) {}
