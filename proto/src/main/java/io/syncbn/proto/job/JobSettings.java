package io.syncbn.proto.job;

import java.util.List;

/**
 * Every setting that decides a result: names, defaults, help. {@link JobParser} gives them their types. A setting that
 * only some optimizers have ({@link Setting#of}) needs just its line here: {@link Hyperparameters} passes it on.
 */
public final class JobSettings {
    private JobSettings() {}

    public static final List<Setting> ALL = List.of(
            new Setting(
                    "model",
                    "NAME",
                    "resnet20",
                    "mlp, lenet, resnet8, resnet14, resnet20, resnet32, resnet56, resnet18, resnet34, resnet50, vgg11-bn,"
                            + " or the name of a class on the class path"),
            new Setting("data", "FORMAT[:PATH]", "shapes", "a data format, and where its files are"),
            new Setting(
                    "image-size",
                    "N",
                    "0",
                    "scale images of a folder, or draw shapes, to N by N pixels; 0: as they are"),
            new Setting("seed", "N", "1", "decides initial weights, order of the data, augmentation, dropout"),
            new Setting(
                    "shards",
                    "S",
                    "",
                    "number of parts of the training data; default: the number of workers, or 4 if none is given"),
            new Setting("batch", "N", "2", "examples of one shard in one step"),
            new Setting("epochs", "N", "", "passes over the training data; default 4, unless --steps is given"),
            new Setting("steps", "N", "", "length of the job in steps, instead of --epochs"),
            new Setting(
                    "norm",
                    "NAME[:ARGS]",
                    "batch",
                    "normalization of the built-in models, and of a class's norm layers: batch; group:G (G groups of"
                            + " channels of each example), layer, instance; batch-group:K:G (G groups of channels of K"
                            + " examples, or all); renorm[:RMAX:DMAX]; frozen, by the statistics of --init; rms; frn, whose"
                            + " ReLUs are thresholds; evonorm-s0[:G]; weight-norm, of weights; fixup, by first weights;"
                            + " none"),
            new Setting(
                    "norm-group",
                    "N|all|ghost:K",
                    "all",
                    "how many consecutive shards share batch statistics: all is SyncBN, 1 is local BN; ghost:K: K"
                            + " examples of a shard do"),
            new Setting(
                    "norm-momentum",
                    "M|cumulative",
                    "0.1",
                    "weight of the newest batch in the running statistics; cumulative: mean of all batches"),
            new Setting(
                    "norm-freeze-at",
                    "STEP",
                    "0",
                    "from this step on, train with the running statistics and leave them as they are; 0: never"),
            new Setting("norm-epsilon", "E", "1e-5", "added to the variance"),
            new Setting("norm-affine", "true|false", "true", "scale and shift after normalization"),
            new Setting(
                    "norm-track-running",
                    "true|false",
                    "true",
                    "evaluate with running statistics; false: with those of the batch"),
            new Setting(
                    "norm-running-variance",
                    "unbiased|biased",
                    "unbiased",
                    "unbiased as in PyTorch, biased as in Keras"),
            new Setting(
                    "precise-bn",
                    "N|all",
                    "0",
                    "before each evaluation, estimate the statistics of batch normalization anew from N batches of"
                            + " training rows, or all of them, and evaluate by these too"),
            new Setting(
                    "weight-standardization",
                    "true",
                    "false",
                    "standardize the weights of convolutions, beside any normalization of activations"),
            new Setting(
                    "optimizer",
                    "NAME",
                    "sgd",
                    "sgd; adamw or lamb, which take a lower --lr, such as 0.001; or lars, which takes a higher one"),
            new Setting("lr", "R", "0.05", "learning rate"),
            new Setting(
                    "scale-lr",
                    "none|linear|sqrt",
                    "none",
                    "multiply the learning rate by the global batch over --lr-base-batch (linear), or by its root"),
            new Setting("lr-base-batch", "N", "256", "the global batch for which --lr is meant, with --scale-lr"),
            new Setting("momentum", "M", "0.9", "momentum of SGD and LARS; 0 for none")
                    .of(ValueKind.FRACTION, "sgd", "lars"),
            new Setting("nesterov", "true", "false", "Nesterov's momentum").of(ValueKind.FLAG, "sgd"),
            new Setting("beta1", "B", "0.9", "how much of the mean gradient AdamW and LAMB keep in a step")
                    .of(ValueKind.FRACTION, "adamw", "lamb"),
            new Setting("beta2", "B", "0.999", "how much of the mean squared gradient AdamW and LAMB keep in a step")
                    .of(ValueKind.FRACTION, "adamw", "lamb"),
            new Setting(
                            "optimizer-epsilon",
                            "E",
                            "1e-8",
                            "added to the root of AdamW's and LAMB's mean squared gradient")
                    .of(ValueKind.EPSILON, "adamw")
                    .andOf("lamb", "1e-6"),
            new Setting(
                            "trust-coefficient",
                            "T",
                            "0.001",
                            "how long a step of LARS is, as a part of the norm of each layer's weights, at --lr 1")
                    .of(ValueKind.POSITIVE, "lars"),
            new Setting("weight-decay", "D", "1e-4", "L2 factor on the weights"),
            new Setting("decay-all", "true", "false", "decay scales, shifts and biases too"),
            new Setting("clip-norm", "C", "0", "largest L2 norm of the whole gradient; 0: no clipping"),
            new Setting(
                    "clip-agc",
                    "L",
                    "0",
                    "largest L2 norm of the gradient of each row of a layer's weights, as a part of the row's norm (adaptive"
                            + " gradient clipping), such as 0.01; not of the last layer; 0: no clipping"),
            new Setting(
                    "schedule",
                    "S",
                    "cosine",
                    "constant, cosine, or step:FRACTION,FRACTION…[:FACTOR] as in step:0.5,0.75:0.1"),
            new Setting("warmup", "EPOCHS", "0", "linear warm-up of the learning rate, in epochs; may be a fraction"),
            new Setting(
                    "ema-decay",
                    "D",
                    "0",
                    "keep an exponential moving average of the weights, of which D stays in a step, and evaluate it too;"
                            + " 0: none"),
            new Setting("label-smoothing", "P", "0", "mass taken from the true class and spread over all"),
            new Setting("dropout", "P", "0", "dropout rate of the models that have dropout"),
            new Setting("shuffle", "true|false", "true", "a new order of every shard in every epoch"),
            new Setting("augment", "true", "false", "padded random crops and horizontal flips"),
            new Setting(
                    "on-nan",
                    "stop|skip",
                    "stop",
                    "what to do when a step has numbers that are not finite: end the job, or leave the step out"),
            new Setting(
                    "kernels",
                    String.join("|", Kernels.names()),
                    Kernels.PORTABLE.flag(),
                    "what computes convolutions and matrix products: portable, syncbn's own, gives equal bits on all"
                            + " processors; the libraries oneDNN and ND4J on processors of one kind"),
            new Setting(
                    "isa",
                    "native|avx2",
                    "native",
                    "instruction set of --kernels onednn: native is all that the processor has; avx2 gives equal bits on"
                            + " all x86-64 that have it"),
            new Setting("init", "FILE", "", "start from these weights: a model.safetensors in the names of PyTorch"));

    /** The setting of a name that there is. */
    public static Setting named(String name) {
        return ALL.stream()
                .filter(setting -> setting.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
