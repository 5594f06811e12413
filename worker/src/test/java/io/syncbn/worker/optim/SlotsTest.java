package io.syncbn.worker.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotsTest {
    private static final SlotNames NAMES = new SlotNames(List.of("b", "a"), List.of("step", "restarts"));

    private static Slots slots() {
        Slots slots = Slots.zeros(NAMES, 2);
        slots.array("b")[0] = 1;
        slots.array("b")[1] = 2;
        slots.array("a")[0] = 3;
        slots.array("a")[1] = 4;
        slots.count("restarts");
        return slots;
    }

    private static float[] flat(Slots slots) {
        FloatBuffer flat = FloatBuffer.allocate(slots.flatSize());
        slots.put(flat);
        return flat.array();
    }

    @Test
    void beginAtZero() {
        Slots slots = Slots.zeros(NAMES, 2);
        assertThat(slots.array("a")).containsExactly(0, 0);
        assertThat(slots.counter("step")).isZero();
        assertThat(slots.count("step")).isEqualTo(1);
        assertThat(slots.counter("step")).isEqualTo(1);
        assertThat(slots.counter("restarts")).isZero();
    }

    /** Workers of one version exchange this: its order must not change. */
    @Test
    void travelInTheirOrderCountersLast() {
        assertThat(flat(slots())).containsExactly(1, 2, 3, 4, 0, 0, 0, 1);
        assertThat(flat(Slots.zeros(SlotNames.NONE, 2))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 0xFFFFFF, 0x1000000, 0x1000001, 123_456_789_012L, 0xFFFFFFFFFFFFL})
    void countersTravelExactly(long count) {
        Slots sent = slots();
        sent.setCounter("step", count);
        Slots taken = Slots.zeros(NAMES, 2);
        taken.take(FloatBuffer.wrap(flat(sent)));
        assertThat(taken.counters()).isEqualTo(sent.counters());
        assertThat(flat(taken)).containsExactly(flat(sent));
    }

    @Test
    void aCopyIsOfItsOwn() {
        Slots slots = slots();
        Slots copy = slots.copy();
        slots.array("a")[0] = 9;
        slots.count("step");
        assertThat(flat(copy)).containsExactly(flat(slots()));
        slots.set(copy);
        copy.array("a")[0] = 9;
        assertThat(flat(slots)).containsExactly(flat(slots()));
    }

    @Test
    void aNameThatIsNoneIsAMistakeOfTheOptimizer() {
        Slots slots = slots();
        assertThatThrownBy(() -> slots.array("step")).hasMessage("no slot step among [b, a][step, restarts]");
        assertThatThrownBy(() -> slots.counter("a")).hasMessageContaining("no slot a");
        assertThatThrownBy(() -> slots.setCounter("a", 1)).hasMessageContaining("no slot a");
    }
}
