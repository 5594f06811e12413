package io.syncbn.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.deploy.settings.Range;
import io.syncbn.deploy.settings.RunSettings;
import io.syncbn.deploy.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobRunTest {
    private static JobRun of(Map<String, String> given) {
        return JobRun.of(new Settings(List.of(RunSettings.WORKERS), given, new ArrayList<>()));
    }

    private static int shards(JobRun run) {
        return run.job().orElseThrow().batches().shards();
    }

    /** However many cores there are, the job is the same. */
    @Test
    void whereNothingIsSaidOneWorkerHasFourShards() {
        JobRun run = of(Map.of());
        assertThat(run.workers()).isEqualTo(new Range(1, 1));
        assertThat(shards(run)).isEqualTo(4);
    }

    @Test
    void aNumberOfWorkersIsThatOfShardsToo() {
        assertThat(shards(of(Map.of("workers", "1")))).isEqualTo(1);
        assertThat(shards(of(Map.of("workers", "2:6")))).isEqualTo(6);
        assertThat(shards(of(Map.of("workers", "2", "shards", "8")))).isEqualTo(8);
        assertThat(shards(of(Map.of("shards", "3")))).isEqualTo(3);
    }
}
