package io.syncbn.worker.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A process that holds a claim until it is killed. */
final class ClaimHolder {
    private ClaimHolder() {}

    /** @param arguments the claim's file */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (Claim claim = Claim.take(Path.of(arguments[0]))) {
            System.out.println("held");
            new CountDownLatch(1).await();
        }
    }

    /** Returns when the claim is held. */
    static Process start(Path claim) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ClaimHolder.class.getName(),
                        claim.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (!"held".equals(process.inputReader().readLine())) {
            throw new IllegalStateException("the claim was not taken");
        }
        return process;
    }
}
