package io.syncbn.deploy.command;

import io.syncbn.deploy.export.OnnxFile;
import io.syncbn.deploy.settings.ExportSettings;
import io.syncbn.deploy.settings.Settings;
import io.syncbn.proto.job.Setting;
import io.syncbn.worker.checkpoint.Checkpoint;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code syncbn export onnx}: a checkpoint's model for other programs. */
final class ExportOnnxCommand implements Command {

    @Override
    public String name() {
        return "export onnx";
    }

    @Override
    public String summary() {
        return "Writes a checkpoint's model as an ONNX file, for any number of examples: class names and the normalization of"
                + " its input are inside.";
    }

    @Override
    public List<Setting> runSettings() {
        return ExportSettings.ONNX;
    }

    @Override
    public List<Setting> words() {
        return List.of(ExportSettings.FROM);
    }

    @Override
    public boolean takesJob() {
        return false;
    }

    @Override
    public List<String> examples() {
        return List.of(
                "export onnx runs/first --out model.onnx",
                "export onnx runs/first/checkpoints/step-00000100 --out model.onnx --input normalized --fold-bn false");
    }

    @Override
    public int run(Settings settings) {
        settings.needed(ExportSettings.FROM);
        settings.needed(ExportSettings.ONNX_OUT);
        Optional<Path> from = settings.path(ExportSettings.FROM);
        Optional<OutputFile> out = OutputFile.of(settings, ExportSettings.ONNX_OUT);
        OnnxFile.Input input = settings.choice(ExportSettings.INPUT, List.of(OnnxFile.Input.values()));
        boolean foldsBatchNorm = settings.flag(ExportSettings.FOLD_BN);
        settings.check();

        Checkpoint checkpoint = Checkpoint.open(from.orElseThrow());
        byte[] content = OnnxFile.of(checkpoint, Version.text(), input, foldsBatchNorm);
        out.orElseThrow().write(content);
        System.out.printf(
                Locale.ROOT,
                "%s  %d bytes, from %s%n",
                out.orElseThrow().path(),
                content.length,
                checkpoint.directory());
        return ExitCode.DONE;
    }
}
