/**
 * A job's state on disk.
 *
 * <p>A checkpoint is a directory {@code step-%08d} with {@code model.safetensors} (names and layouts of PyTorch's
 * state_dict), {@code optimizer.safetensors} and {@code state.json}, which says what the other two must hold, to the
 * byte. It appears whole, by a rename, or not at all. What is read is verified before use, and a checkpoint that is
 * torn, changed or incomplete is skipped for the one before it. Any fault of a file is a {@link
 * io.syncbn.worker.checkpoint.CheckpointException} that names the file, what was expected and what was found.
 */
package io.syncbn.worker.checkpoint;
