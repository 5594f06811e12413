package io.syncbn.deploy.bench;

import java.util.List;

/**
 * One program that measures something and prints a JSON object a line on standard output, one for each result.
 *
 * @param name for progress and messages
 * @param command line of the program
 */
public record Measurement(String name, List<String> command) {}
