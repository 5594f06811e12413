package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.job.Job;
import io.syncbn.worker.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs in a process of its own to which the operating system denies writing for a time. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "limits are set with prlimit")
class FullDiskTest {
    static final Job JOB = LocalTraining.job(Map.of("model", "mlp", "steps", "45", "batch", "5"));
    private static final Pattern STEP = Pattern.compile("\\{\"step\":(\\d+),.*\"stepMillis\".*}");

    @TempDir
    Path directory;

    private record Ended(int exitCode, String err) {
        long countOf(String text) {
            return err.lines().filter(line -> line.contains(text)).count();
        }
    }

    private Ended run(Path out, long fullAfter, long roomAfter) throws Exception {
        Path err = directory.resolve("err");
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--add-modules=jdk.incubator.vector",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FullDiskRun.class.getName(),
                        out.toString(),
                        Long.toString(fullAfter),
                        Long.toString(roomAfter))
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), Files.readString(err));
    }

    private static List<Long> steps(Path out) throws IOException {
        List<String> lines = Files.readAllLines(out.resolve("metrics.jsonl"));
        assertThat(lines).allMatch(line -> line.startsWith("{") && line.endsWith("}"));
        return lines.stream()
                .flatMap(line -> STEP.matcher(line).results())
                .map((MatchResult found) -> Long.valueOf(found.group(1)))
                .toList();
    }

    private static List<String> checkpoints(Path out) throws IOException {
        try (Stream<Path> found = Files.list(out.resolve("checkpoints"))) {
            return found.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void isAnAlarmAndTheRunEndsCompleteWhenThereIsRoomAgain() throws Exception {
        Path out = directory.resolve("run");
        Ended ended = run(out, 12, 35);

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.countOf("cannot write checkpoint " + out.resolve("checkpoints/step-00000020")
                        + ": File too large; training goes on"))
                .isOne();
        assertThat(ended.countOf("cannot write " + out.resolve("metrics.jsonl") + ": File too large"))
                .isOne();
        assertThat(ended.countOf("cannot write")).isEqualTo(2);
        assertThat(ended.countOf("writing works again")).isEqualTo(2);
        assertThat(steps(out)).isEqualTo(LongStream.rangeClosed(1, 45).boxed().toList());
        assertThat(checkpoints(out))
                .containsExactly("step-00000000", "step-00000010", "step-00000040", "step-00000045");

        String undisturbed = LocalTraining.run(JOB, directory.resolve("undisturbed"), Optional.empty(), 10);
        assertThat(Checkpoint.open(out).info().weightsSha256()).isEqualTo(undisturbed);
        assertThat(out.resolve("result.json")).content().contains(undisturbed);
    }

    @Test
    void untilTheEndFailsTheJobAndLeavesTheLastGoodCheckpoint() throws Exception {
        Path out = directory.resolve("run");
        Ended ended = run(out, 12, 0);

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.err())
                .contains("ended: cannot write checkpoint " + out.resolve("checkpoints/step-00000045")
                        + ": File too large\n");
        assertThat(ended.err()).containsPattern("\\d+ lines of " + out.resolve("metrics.jsonl") + " are lost");
        List<Long> steps = steps(out);
        assertThat(steps)
                .hasSizeLessThanOrEqualTo(12)
                .isEqualTo(LongStream.rangeClosed(1, steps.size()).boxed().toList());
        assertThat(checkpoints(out)).containsExactly("step-00000000", "step-00000010");
        assertThat(Checkpoint.open(out).info().step()).isEqualTo(10);
        assertThat(out.resolve("result.json")).doesNotExist();

        String undisturbed = LocalTraining.run(JOB, directory.resolve("undisturbed"), Optional.empty(), 10);
        assertThat(LocalTraining.run(JOB, out, Optional.of(out), 10)).isEqualTo(undisturbed);
        assertThat(steps(out)).isEqualTo(LongStream.rangeClosed(1, 45).boxed().toList());
    }
}
