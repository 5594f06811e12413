package io.syncbn.coordinator.membership;

import java.util.Optional;

/**
 * How far the job is.
 *
 * @param committedStep steps whose result is the model, as far as this coordinator knows
 * @param baseStep steps that must not be lost: those committed when the last generation began, which all of its workers
 *     had, and all but the last that were committed since
 * @param damagedInARow generations that broke since the last commit
 * @param origin the origin with which the first generation began
 * @param restoring what is known about a state that all workers may have lost
 * @param stopping why the user wants the job to end, if so
 */
public record Progress(
        long committedStep,
        long baseStep,
        int damagedInARow,
        Optional<JobOrigin> origin,
        Restoring restoring,
        Optional<String> stopping) {}
