package io.syncbn.deploy.command;

import io.syncbn.coordinator.CoordinatorConfig.Timeouts;
import io.syncbn.coordinator.membership.Patience;
import io.syncbn.coordinator.membership.Straggler;
import io.syncbn.deploy.settings.RunSettings;
import io.syncbn.deploy.settings.Settings;
import java.time.Duration;
import java.util.List;

/** What flags and job file say of how the coordinator deals with workers. */
record CoordinatorSettings(Timeouts timeouts, Straggler straggler) {
    private static final int DAY_SECONDS = 86_400;

    static CoordinatorSettings of(Settings settings) {
        Straggler straggler = settings.choice(RunSettings.STRAGGLER, List.of(Straggler.values()));
        Patience patience = Patience.of(
                millis(settings.fractionalSeconds(RunSettings.SILENCE, Duration.ofMillis(500), WorkerSettings.DAY)),
                millis(settings.fractionalSeconds(
                        RunSettings.DEADLINE_SLACK, Duration.ofMillis(100), WorkerSettings.DAY)),
                millis(WorkerSettings.prepareTimeout(settings)));
        Timeouts timeouts = new Timeouts(
                WorkerSettings.joinTimeout(settings),
                settings.seconds(RunSettings.STATE_LIMIT, 1, DAY_SECONDS),
                patience);
        return new CoordinatorSettings(timeouts, straggler);
    }

    private static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }
}
