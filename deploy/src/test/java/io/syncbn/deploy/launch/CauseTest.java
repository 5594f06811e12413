package io.syncbn.deploy.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.deploy.launch.Cause.End;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class CauseTest {

    @Test
    void successIsNoCause() {
        assertThat(Cause.among(List.of(end("worker-0", 0, 0), end("coordinator", 0, 1))))
                .isEmpty();
    }

    @Test
    void aSignalIsNearerThanThoseWhoWereToldWhateverCameFirst() {
        List<End> ends = List.of(end("coordinator", 1, 0), end("worker-0", 1, 1), end("worker-2", 137, 2));
        assertThat(Cause.among(ends)).contains(end("worker-2", 137, 2));
    }

    @Test
    void badInputAndMistakesAreNearerThanThoseWhoWereTold() {
        for (int exitCode : List.of(2, 3, 134)) {
            List<End> ends = List.of(end("coordinator", 1, 0), end("worker-1", exitCode, 1));
            assertThat(Cause.among(ends)).contains(end("worker-1", exitCode, 1));
        }
    }

    @Test
    void ofEqualOnesTheFirstIsTheCause() {
        List<End> ends = List.of(end("worker-3", 137, 4), end("worker-1", 2, 5), end("worker-0", 1, 0));
        assertThat(Cause.among(ends)).contains(end("worker-3", 137, 4));
    }

    @Test
    void amongThoseWhoWereToldTheCoordinatorKnowsBest() {
        List<End> ends = List.of(end("worker-0", 1, 0), end("worker-1", 1, 1), end("coordinator", 1, 2));
        assertThat(Cause.among(ends)).contains(end("coordinator", 1, 2));
    }

    @Test
    void theOrderOfTheListDoesNotMatter() {
        List<End> ends = new ArrayList<>(List.of(
                end("coordinator", 1, 0), end("worker-0", 1, 1), end("worker-1", 3, 2), end("worker-2", 137, 3)));
        Collections.reverse(ends);
        assertThat(Cause.among(ends)).contains(end("worker-1", 3, 2));
    }

    @Test
    void whoWasAskedToEndHasNotFailed() {
        assertThat(Cause.among(List.of(end("worker-0", 130, 0), end("coordinator", 130, 1))))
                .isEmpty();
        assertThat(end("worker-0", 130, 0).isKilled()).isFalse();
        assertThat(end("worker-0", 143, 0).isKilled()).isTrue();
    }

    @Test
    void theJobIsNotAtFaultForAKilledProcessNorForAWorkerThatFailedAlone() {
        assertThat(end("worker-0", 137, 0).isOfProcessAlone()).isTrue();
        assertThat(end("worker-0", 4, 0).isOfProcessAlone()).isTrue();
        assertThat(end("coordinator", 4, 0).isOfProcessAlone()).isFalse();
        assertThat(end("worker-0", 2, 0).isOfProcessAlone()).isFalse();
    }

    @Test
    void endsAreToldInWords() {
        assertThat(end("worker-2", 137, 0).inWords()).isEqualTo("worker-2 was killed by signal 9 (KILL)");
        assertThat(end("worker-2", 160, 0).inWords()).isEqualTo("worker-2 was killed by signal 32");
        assertThat(end("coordinator", 2, 0).inWords()).isEqualTo("coordinator ended with exit code 2");
    }

    private static End end(String name, int exitCode, int order) {
        return new End(name, name.equals("coordinator"), exitCode, order);
    }
}
