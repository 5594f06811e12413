package io.syncbn.worker.record;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a run is told of, beside its own directory.
 *
 * @param tensorBoard directory of event files
 * @param histogramsEvery steps between histograms of normalization layers in them; 0: none
 * @param mlflow server of MLflow
 * @param experiment there
 */
public record Tracking(Optional<Path> tensorBoard, long histogramsEvery, Optional<URI> mlflow, String experiment) {
    /** In the run directory: the id of its run in MLflow. */
    public static final String MLFLOW_RUN_FILE = "mlflow-run";

    /** Nowhere. */
    public static final Tracking NONE = new Tracking(Optional.empty(), 0, Optional.empty(), "syncbn");
}
