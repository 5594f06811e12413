package io.syncbn.deploy.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.JobParser;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlacesTest {
    private static Map<String, String> absolute(Map<String, String> given) {
        Job job = JobParser.parse(given, 1);
        return Places.absolute(job.settings(), job);
    }

    @Test
    void placesAreToldFromTheRoot() {
        Map<String, String> texts = absolute(Map.of("data", "npy:some/data", "init", "w.safetensors"));
        assertThat(texts)
                .containsEntry("data", "npy:" + Path.of("some/data").toAbsolutePath())
                .containsEntry("init", Path.of("w.safetensors").toAbsolutePath().toString());
    }

    /** Also from the directory from which a run is gone on with. */
    @Test
    void theDirectoryOfEventFilesIsAPlace() {
        Job job = JobParser.parse(Map.of(), 1);
        assertThat(Places.absolute(Map.of("tensorboard", "boards/first"), job))
                .containsEntry(
                        "tensorboard", Path.of("boards/first").toAbsolutePath().toString());
        assertThat(Places.absolute(Map.of(), job)).doesNotContainKey("tensorboard");
    }

    @Test
    void theNameOfAClassIsNoPlace() {
        assertThat(absolute(Map.of("data", "class:com.example.MyData:some/data")))
                .containsEntry(
                        "data",
                        "class:com.example.MyData:" + Path.of("some/data").toAbsolutePath());
        assertThat(absolute(Map.of("data", "class:com.example.MyData")))
                .containsEntry("data", "class:com.example.MyData");
    }

    @Test
    void whatIsNoPlaceStays() {
        assertThat(absolute(Map.of("data", "shapes")))
                .containsEntry("data", "shapes")
                .containsEntry("init", "");
        assertThat(absolute(Map.of("data", "mnist:/data/mnist"))).containsEntry("data", "mnist:/data/mnist");
    }
}
