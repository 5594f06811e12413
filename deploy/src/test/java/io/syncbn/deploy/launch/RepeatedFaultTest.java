package io.syncbn.deploy.launch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RepeatedFaultTest {
    private final RepeatedFault sameFault = new RepeatedFault();

    @Test
    void threeInARowAreHopeless() {
        assertThat(sameFault.isHopeless("no memory", 0)).isFalse();
        assertThat(sameFault.isHopeless("no memory", 0)).isFalse();
        assertThat(sameFault.isHopeless("no memory", 0)).isTrue();
    }

    @Test
    void anotherFaultOrAStepBetweenGivesHope() {
        sameFault.isHopeless("no memory", 0);
        sameFault.isHopeless("no memory", 0);
        assertThat(sameFault.isHopeless("no disk", 0)).isFalse();
        sameFault.isHopeless("no memory", 0);
        sameFault.isHopeless("no memory", 0);
        assertThat(sameFault.isHopeless("no memory", 100)).isFalse();
    }
}
