/**
 * The {@code syncbn} command: its parts, their flags and help, and what each exit code means.
 *
 * <p>Flags are made from the lists of settings; picocli splits the command line and prints the help, nothing more.
 */
package io.syncbn.deploy.command;
