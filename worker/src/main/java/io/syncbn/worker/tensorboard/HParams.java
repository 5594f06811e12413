package io.syncbn.worker.tensorboard;

import com.google.protobuf.Value;
import io.syncbn.proto.job.JobSettings;
import io.syncbn.proto.job.Setting;
import io.syncbn.proto.tensorboard.Summary;
import io.syncbn.proto.tensorboard.SummaryMetadata;
import io.syncbn.proto.tensorboard.SummaryMetadata.PluginData;
import io.syncbn.proto.tensorboard.TensorProto;
import io.syncbn.proto.tensorboard.TensorShapeProto;
import io.syncbn.proto.tensorboard.hparams.DataType;
import io.syncbn.proto.tensorboard.hparams.DatasetType;
import io.syncbn.proto.tensorboard.hparams.Experiment;
import io.syncbn.proto.tensorboard.hparams.HParamInfo;
import io.syncbn.proto.tensorboard.hparams.HParamsPluginData;
import io.syncbn.proto.tensorboard.hparams.MetricInfo;
import io.syncbn.proto.tensorboard.hparams.MetricName;
import io.syncbn.proto.tensorboard.hparams.SessionEndInfo;
import io.syncbn.proto.tensorboard.hparams.SessionStartInfo;
import io.syncbn.proto.tensorboard.hparams.Status;
import java.util.List;
import java.util.Map;

/**
 * What the HParams tab needs of a run: its job's settings. All of them are named as hyperparameters, whether a job has
 * them or not: the tab takes the names for all runs from the first one that it finds.
 */
final class HParams {
    private static final String PLUGIN = "hparams";

    /** A value that is all metadata has a tensor without elements. */
    private static final TensorProto EMPTY = TensorProto.newBuilder()
            .setDtype(io.syncbn.proto.tensorboard.DataType.DT_FLOAT)
            .setTensorShape(TensorShapeProto.newBuilder().addDim(TensorShapeProto.Dim.newBuilder()))
            .build();

    private HParams() {}

    /** A run begins: what it may be compared by, and what its settings are. */
    static Summary begin(Map<String, String> settings, double seconds) {
        SessionStartInfo.Builder start = SessionStartInfo.newBuilder().setStartTimeSecs(seconds);
        for (Setting setting : JobSettings.ALL) {
            String text = settings.getOrDefault(setting.name(), "");
            if (!text.isEmpty()) {
                start.putHparams(setting.name(), value(setting, text));
            }
        }
        return Summary.newBuilder()
                .addValue(value("experiment", HParamsPluginData.newBuilder().setExperiment(experiment())))
                .addValue(value(
                        "session_start_info", HParamsPluginData.newBuilder().setSessionStartInfo(start)))
                .build();
    }

    /** The job is done. */
    static Summary end(double seconds) {
        SessionEndInfo.Builder end =
                SessionEndInfo.newBuilder().setStatus(Status.STATUS_SUCCESS).setEndTimeSecs(seconds);
        return Summary.newBuilder()
                .addValue(
                        value("session_end_info", HParamsPluginData.newBuilder().setSessionEndInfo(end)))
                .build();
    }

    private static Experiment experiment() {
        Experiment.Builder experiment = Experiment.newBuilder();
        for (Setting setting : JobSettings.ALL) {
            experiment.addHparamInfos(HParamInfo.newBuilder()
                    .setName(setting.name())
                    .setDescription(setting.help())
                    .setType(type(setting)));
        }
        for (String tag : List.of(Scalars.TEST_ACCURACY, Scalars.TEST_LOSS)) {
            experiment.addMetricInfos(MetricInfo.newBuilder()
                    .setName(MetricName.newBuilder().setTag(tag))
                    .setDatasetType(DatasetType.DATASET_VALIDATION));
        }
        return experiment.build();
    }

    private static Summary.Value value(String name, HParamsPluginData.Builder data) {
        return Summary.Value.newBuilder()
                .setTag("_hparams_/" + name)
                .setMetadata(SummaryMetadata.newBuilder()
                        .setPluginData(PluginData.newBuilder()
                                .setPluginName(PLUGIN)
                                .setContent(data.build().toByteString())))
                .setTensor(EMPTY)
                .build();
    }

    private static Value value(Setting setting, String text) {
        return switch (type(setting)) {
            case DATA_TYPE_BOOL ->
                Value.newBuilder().setBoolValue(text.equals("true")).build();
            case DATA_TYPE_FLOAT64 ->
                Value.newBuilder().setNumberValue(Double.parseDouble(text)).build();
            default -> Value.newBuilder().setStringValue(text).build();
        };
    }

    /** A setting that takes words too is text in every run, so that all runs stand on one axis. */
    private static DataType type(Setting setting) {
        if (setting.isSwitch() || setting.value().equals("true|false")) {
            return DataType.DATA_TYPE_BOOL;
        }
        boolean hasWords = setting.value().contains("|") || setting.value().contains(":");
        boolean isNumber = setting.defaultValue().matches("[0-9.]+(e-?[0-9]+)?")
                || setting.defaultValue().isEmpty() && setting.value().length() == 1;
        return isNumber && !hasWords ? DataType.DATA_TYPE_FLOAT64 : DataType.DATA_TYPE_STRING;
    }
}
