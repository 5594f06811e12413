package io.syncbn.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NewestCheckpointTest {
    @TempDir
    Path run;

    private Path write(long step) {
        return new Checkpoints(run, 9).write(States.at(step), 0, States.ORIGIN);
    }

    static Stream<String> damages() {
        return Damage.all().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("damages")
    void isTheOneBeforeADamagedOne(String damage) throws IOException {
        write(5);
        Path whole = write(10);
        Path damaged = write(15);
        Damage.all().get(damage).to(damaged);

        List<String> warnings =
                warningsOf(() -> assertThat(Checkpoint.open(run).directory()).isEqualTo(whole));
        assertThat(warnings)
                .singleElement()
                .asString()
                .startsWith("a checkpoint is not whole and is passed over: " + damaged);
        assertThat(StateDigest.sha256(Checkpoint.open(run).state(States.PARAMETERS, States.STATISTICS, States.SLOTS)))
                .isEqualTo(StateDigest.sha256(States.at(10)));
    }

    /** Those behind it were left by an earlier life of the run, or their steps' lines are lost. */
    @Test
    void isNotOfALaterStepThanTheRunTellsOfUnlessAllAre() throws IOException {
        Path early = write(5);
        Path told = write(10);
        Path late = write(15);
        assertThat(Checkpoint.open(run, 12).directory()).isEqualTo(told);
        assertThat(Checkpoint.open(run, 15).directory()).isEqualTo(late);
        assertThat(Checkpoint.open(run, 4).directory()).isEqualTo(late);
        Damage.flipAByte(told.resolve("model.safetensors"));
        assertThat(Checkpoint.open(run, 12).directory()).isEqualTo(early);
    }

    @ParameterizedTest
    @MethodSource("damages")
    void oneThatWasAskedForIsNotReplacedByAnother(String damage) throws IOException {
        Path whole = write(5);
        Path before = write(10);
        Path asked = write(15);
        write(20);
        Damage.flipAByte(before.resolve("state.json"));
        Damage.all().get(damage).to(asked);
        assertThatThrownBy(() -> Checkpoint.open(asked))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(asked.toString())
                .hasMessageEndingWith("\n  the newest one before it that is whole: " + whole);
    }

    @Test
    void oneThatWasAskedForAndHasNoneBeforeItHasNoHint() throws IOException {
        Path asked = write(5);
        write(10);
        Damage.flipAByte(asked.resolve("model.safetensors"));
        assertThatThrownBy(() -> Checkpoint.open(asked)).hasMessageEndingWith("it is not what was written");
    }

    @Test
    void whenNoneIsWholeEachIsNamedWithItsFault() throws IOException {
        Path first = write(5);
        Path second = write(10);
        Damage.flipAByte(first.resolve("model.safetensors"));
        Files.delete(second.resolve("state.json"));
        assertThatThrownBy(() -> Checkpoint.open(run))
                .isInstanceOf(CheckpointException.class)
                .hasMessageMatching("(?s)" + run + "/checkpoints: no checkpoint in it is whole \\(2\\)\n  "
                        + second + ": expected a checkpoint, found no state.json\n  "
                        + first + "/model.safetensors: expected SHA-256 .*, found .*; it is not what was written");
    }

    /** What is logged for the user while something is done. */
    private static List<String> warningsOf(Runnable action) {
        List<String> messages = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord logRecord) {
                messages.add(logRecord.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("io.syncbn.worker");
        logger.addHandler(handler);
        try {
            action.run();
        } finally {
            logger.removeHandler(handler);
        }
        return messages;
    }
}
