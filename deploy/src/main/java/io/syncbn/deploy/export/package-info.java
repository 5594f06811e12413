/**
 * What {@code syncbn export} writes: checkpoints and runs in the formats of other programs.
 *
 * <p>ONNX: layers say what they compute in evaluation to an {@link io.syncbn.worker.nn.InferenceGraph}, of which {@code
 * OnnxGraph} makes nodes. {@code onnx.Onnx} is generated from the schema of ONNX 1.23.1, which
 * stands unchanged in {@code src/main/proto} (Apache-2.0, the ONNX project's contributors).
 */
package io.syncbn.deploy.export;
