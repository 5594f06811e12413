package io.syncbn.proto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DidYouMeanTest {
    private static final List<String> KNOWN = List.of("momentum", "model", "batch", "lr");

    @Test
    void suggestsTheNearestName() {
        assertThat(DidYouMean.nearest("momentm", KNOWN)).contains("momentum");
        assertThat(DidYouMean.nearest("modle", List.of("model", "mode"))).contains("mode");
        assertThat(DidYouMean.hint("bach", KNOWN)).isEqualTo("; did you mean batch?");
    }

    @Test
    void saysNothingWhenNoNameIsNear() {
        assertThat(DidYouMean.nearest("epochs", KNOWN)).isEmpty();
        assertThat(DidYouMean.hint("x", List.of())).isEmpty();
    }

    @Test
    void countsEdits() {
        assertThat(DidYouMean.edits("", "abc")).isEqualTo(3);
        assertThat(DidYouMean.edits("kitten", "sitting")).isEqualTo(3);
        assertThat(DidYouMean.edits("same", "same")).isZero();
    }
}
