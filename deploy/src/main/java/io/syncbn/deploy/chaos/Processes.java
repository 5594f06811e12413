package io.syncbn.deploy.chaos;

import java.io.IOException;
import java.util.List;

/** Sends signals to other processes of this user, and limits them. */
final class Processes {
    private Processes() {}

    /**
     * Sends a signal.
     *
     * @param signal without SIG
     */
    static void signal(String signal, long pid) {
        // The shell's built-in kill: there may be no other.
        shell("kill -" + signal + " " + pid);
    }

    /** Makes every write to a file fail by forbidding files to grow, because no disk can be filled without harm. */
    static void forbidWriting(long pid) {
        shell("prlimit --pid " + pid + " --fsize=0:");
    }

    static void allowWriting(long pid) {
        shell("prlimit --pid " + pid + " --fsize=$(prlimit --pid " + pid
                + " --fsize -o HARD --noheadings | tr -d ' '):");
    }

    private static void shell(String command) {
        try {
            Process shell = new ProcessBuilder(List.of("sh", "-c", command))
                    .redirectErrorStream(true)
                    .start();
            String said = new String(shell.getInputStream().readAllBytes()).strip();
            if (shell.waitFor() != 0) {
                throw new FaultException("'" + command + "' failed: " + said);
            }
        } catch (IOException e) {
            throw new FaultException("'" + command + "' cannot be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException("interrupted");
        }
    }
}
