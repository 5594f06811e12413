/**
 * What {@code syncbn export} writes: checkpoints and runs in the formats of other programs.
 *
 * <p>ONNX: layers say what they compute in evaluation to an {@link io.syncbn.worker.nn.InferenceGraph}, of which {@code
 * OnnxGraph} makes nodes. {@code io.syncbn.deploy.export.schema.Onnx} is generated from the schema of ONNX 1.23.1, which
 * stands in {@code src/main/proto}, unchanged but for the Java package (Apache-2.0, the ONNX project's contributors).
 */
package io.syncbn.deploy.export;
