package io.syncbn.deploy.settings;

import io.syncbn.proto.job.Setting;
import java.util.List;

/** The settings of {@code syncbn export}; not allowed in job files. */
public final class ExportSettings {
    private ExportSettings() {}

    public static final Setting FROM = new Setting(
            "from",
            "CHECKPOINT-or-RUN",
            "",
            "checkpoint to export, or a run directory for its last one; it may stand without the flag's name; needed");
    public static final Setting ONNX_OUT = new Setting("out", "FILE", "", "file to write, such as model.onnx; needed");
    public static final Setting INPUT = new Setting(
            "input",
            "stored|normalized",
            "stored",
            "what the model is given: numbers as the data set's files hold them, pixels from 0 to 255, which it normalizes"
                    + " itself; or numbers that are normalized already");
    public static final Setting FOLD_BN = new Setting(
            "fold-bn",
            "true|false",
            "true",
            "make batch normalization a part of the convolution or dense layer before it, where there is one");

    public static final Setting RUN = new Setting(
            "run", "RUN", "", "directory of a run, finished or not; it may stand without the flag's name; needed");
    public static final Setting STEPS = new Setting("steps", "A:B", "1:" + Integer.MAX_VALUE, "first and last step");
    public static final Setting TRACE_OUT = new Setting("out", "FILE", "", "file to write, such as trace.json; needed");

    public static final Setting DIRECTORY = new Setting(
            "directory",
            "DIR",
            "",
            "where to write, a directory for this run alone; it may stand without the flag's name; needed");

    public static final List<Setting> TENSORBOARD = List.of(RUN, DIRECTORY);
    public static final List<Setting> TRACE = List.of(RUN, STEPS, TRACE_OUT);
    public static final List<Setting> ONNX = List.of(FROM, ONNX_OUT, INPUT, FOLD_BN);
}
