package io.syncbn.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.optim.SlotNames;
import io.syncbn.worker.optim.Slots;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelStateTest {
    private static final SlotNames TWO_AND_A_COUNTER = new SlotNames(List.of("b", "a"), List.of("step"));

    @Test
    void namesItsTensorsAsPyTorchDoes() {
        ModelState state = States.at(7);
        assertThat(state.modelTensors())
                .extracting(StoredTensor::name)
                .containsExactly(
                        "conv1.weight",
                        "bn1.weight",
                        "bn1.bias",
                        "fc.weight",
                        "fc.bias",
                        "bn1.running_mean",
                        "bn1.running_var",
                        "bn1.num_batches_tracked");
        assertThat(state.modelTensors().get(7).integer()).isEqualTo(7);
        assertThat(state.optimizerTensors())
                .extracting(tensor -> tensor.name() + " " + tensor.spec().form())
                .contains("momentum_buffer.fc.weight F32 [3, 2]")
                .hasSize(5);
    }

    /** The definition, spelt out: name, then bytes, in the order of names over both files. */
    @Test
    void digestIsThatOfNamesAndBytes() throws Exception {
        float[] weights = {1, -2};
        ModelState state = new ModelState(
                new Replica(
                        new ParameterLayout(List.of(States.PARAMETERS.entries().get(0))),
                        weights,
                        States.NO_STATISTICS,
                        new float[0]),
                0,
                States.slots(0.5f, 0),
                3);
        MessageDigest expected = MessageDigest.getInstance("SHA-256");
        expected.update("conv1.weight".getBytes(StandardCharsets.UTF_8));
        expected.update(HexFormat.of().parseHex("0000803f000000c0"));
        expected.update("momentum_buffer.conv1.weight".getBytes(StandardCharsets.UTF_8));
        expected.update(HexFormat.of().parseHex("0000003f00000000"));
        assertThat(StateDigest.sha256(state)).isEqualTo(HexFormat.of().formatHex(expected.digest()));
    }

    @Test
    void digestSeesEveryPartOfTheState() {
        String digest = StateDigest.sha256(States.at(7));
        assertThat(StateDigest.sha256(States.at(7))).isEqualTo(digest);

        ModelState state = States.at(7);
        state.replica().weights()[14] = Math.nextUp(state.replica().weights()[14]);
        assertThat(StateDigest.sha256(state)).isNotEqualTo(digest);

        state = States.at(7);
        state.replica().runningStatistics()[0] += 1;
        assertThat(StateDigest.sha256(state)).isNotEqualTo(digest);

        state = States.at(7);
        float[] momentum = state.slots().array("momentum_buffer");
        momentum[3] = -momentum[3];
        assertThat(StateDigest.sha256(state)).isNotEqualTo(digest);

        state = States.at(7);
        assertThat(StateDigest.sha256(new ModelState(state.replica(), 8, state.slots(), 7)))
                .isNotEqualTo(digest);
    }

    @Test
    void anOptimizersArraysAndCountersAreTensors() {
        ModelState state = new ModelState(States.at(7).replica(), 7, Slots.zeros(TWO_AND_A_COUNTER, 15), 7);
        state.slots().setCounter("step", 5);
        assertThat(state.optimizerTensors())
                .extracting(tensor -> tensor.name() + " " + tensor.spec().form())
                .contains("b.fc.weight F32 [3, 2]", "a.bn1.bias F32 [2]", "step I64 []")
                .hasSize(11);
        String digest = StateDigest.sha256(state);
        state.slots().count("step");
        assertThat(StateDigest.sha256(state)).isNotEqualTo(digest);
        state.slots().setCounter("step", 5);
        assertThat(StateDigest.sha256(state)).isEqualTo(digest);
        state.slots().array("a")[14] = 1;
        assertThat(StateDigest.sha256(state)).isNotEqualTo(digest);
    }

    @Test
    void refusesArraysThatDoNotFitTheirLayout() {
        Replica replica = States.at(0).replica();
        assertThatThrownBy(() -> new ModelState(replica, 0, States.slots(1, 2, 3), 0))
                .hasMessage("slots: 3 elements, but the layout has 15");
    }
}
