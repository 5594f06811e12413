/**
 * MLflow's tracking server, over REST: what {@link io.syncbn.worker.mlflow.MlflowRun} needs of its API, version 2.0. Nothing
 * waits longer than {@link io.syncbn.worker.mlflow.MlflowServer#PATIENCE} for an answer.
 */
package io.syncbn.worker.mlflow;
