/** Built-in models, each under the name that {@code --model} takes, with the parameter names of its PyTorch counterpart. */
package io.syncbn.worker.models;
