package io.syncbn.deploy.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
    private static final List<String> NAMES =
            List.of("lr", "batch", "shards", "workers", "norm-group", "norm-momentum");

    @ParameterizedTest
    @CsvSource({
        "bacth, batch",
        "worker, workers",
        "wrokers, workers",
        "norm_group, norm-group",
        "shard, shards",
        "l, lr"
    })
    void findsWhatWasMeant(String given, String meant) {
        assertThat(Nearest.to(given, NAMES)).contains(meant);
        assertThat(Nearest.hint(given, NAMES)).isEqualTo(" (did you mean " + meant + "?)");
    }

    @Test
    void guessesNothingFarOff() {
        assertThat(Nearest.to("colour", NAMES)).isEmpty();
        assertThat(Nearest.hint("colour", NAMES)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"'', '', 0", "abc, '', 3", "abc, abd, 1", "abc, acb, 1", "abc, xyz, 3", "kitten, sitting, 3"})
    void countsChanges(String a, String b, int distance) {
        assertThat(Nearest.distance(a, b)).isEqualTo(distance);
        assertThat(Nearest.distance(b, a)).isEqualTo(distance);
    }
}
