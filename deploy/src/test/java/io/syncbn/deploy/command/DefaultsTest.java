package io.syncbn.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.syncbn.coordinator.membership.Limits;
import io.syncbn.coordinator.membership.MembershipTimeouts;
import io.syncbn.coordinator.membership.Straggler;
import io.syncbn.deploy.settings.BenchSettings;
import io.syncbn.deploy.settings.RunSettings;
import io.syncbn.deploy.settings.Settings;
import io.syncbn.deploy.settings.SettingsReader;
import io.syncbn.deploy.settings.UsageException;
import io.syncbn.proto.job.JobSettings;
import io.syncbn.proto.job.Setting;
import io.syncbn.worker.record.Intervals;
import io.syncbn.worker.record.Tracking;
import io.syncbn.worker.session.SessionTimeouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the parts of a job get where nobody says anything: what the help promises, in the types in which it is used. */
class DefaultsTest {
    private static final List<Setting> EVERY_RUN_SETTING = Stream.concat(
                    RunSettings.ALL.stream(), Stream.of(RunSettings.LAUNCHED))
            .distinct()
            .toList();

    private final Settings settings = SettingsReader.read(EVERY_RUN_SETTING, Map.of(), List.of());

    @Test
    void ofAWorker() {
        assertThat(WorkerSettings.of(settings))
                .isEqualTo(new WorkerSettings(
                        new SessionTimeouts(Duration.ofMinutes(2), Duration.ofMinutes(1), Duration.ofMinutes(10)),
                        new Intervals(0, Duration.ofMinutes(5), 0),
                        3,
                        Optional.empty(),
                        Tracking.NONE,
                        0));
        settings.check();
    }

    @Test
    void ofTheCoordinator() {
        MembershipTimeouts patience = new MembershipTimeouts(
                Duration.ofMinutes(2),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                Duration.ofMillis(1800),
                Duration.ofMinutes(10));
        Limits limits = new Limits(Duration.ofMinutes(1), Runtime.getRuntime().maxMemory(), 100);
        assertThat(CoordinatorSettings.of(settings))
                .isEqualTo(new CoordinatorSettings(patience, Straggler.WAIT, limits));
        settings.check();
    }

    @Test
    void ofBenchmarks() {
        assertThat(Stream.of(
                                BenchSettings.STEP,
                                BenchSettings.ALLREDUCE,
                                BenchSettings.STAR,
                                BenchSettings.COMPARE,
                                BenchSettings.GROWTH)
                        .map(DefaultsTest::texts))
                .containsExactly(
                        "job=, workers=4, threads=0, measured=false",
                        "workers=4, floats=33,258,4096,270000,2700000, rounds=10000, coordinator=, name=,"
                                + " launched=false, measured=false",
                        "workers=4, floats=33,258,4096,270000,2700000, rounds=10000, launched=false, measured=false",
                        "python=, peer=, rounds=3, configurations=2x4,2x32,4x4,1x64, steps=1000, models=none,"
                                + " model-batch=8, model-threads=1, model-steps=200, sum-workers=2,4,"
                                + " floats=33,258,4096,270000,2700000, sums=10000, json=",
                        "workers=1,2,4,8, batch=4, global-batch=32, steps=1000, floats=33,258,4096,270000,2700000,"
                                + " sums=2000, rounds=1, json=");
    }

    private static String texts(List<Setting> settings) {
        return String.join(
                ", ",
                settings.stream()
                        .map(setting -> setting.name() + "=" + setting.defaultValue())
                        .toList());
    }

    @Test
    void whatTwoPartsReadIsToldOnce() {
        Settings wrong = SettingsReader.read(
                EVERY_RUN_SETTING, Map.of("join-timeout", "soon", "prepare-timeout", "0.5"), List.of());
        WorkerSettings.of(wrong);
        CoordinatorSettings.of(wrong);
        assertThatExceptionOfType(UsageException.class).isThrownBy(wrong::check).satisfies(e -> assertThat(e.problems())
                .containsExactlyInAnyOrder(
                        "--join-timeout is 'soon'; expected a whole number from 1 to 86400",
                        "--prepare-timeout is '0.5'; expected seconds from 1 to 86400"));
    }

    @Test
    void theReadmeNamesTheSame() throws IOException {
        String readme = Files.readString(Path.of("../README.md"));
        Matcher named =
                Pattern.compile("`--([a-z-]+)`\\s(?:old\\s)?\\(([0-9.]+)\\b").matcher(readme);
        Map<String, String> defaults = Stream.concat(EVERY_RUN_SETTING.stream(), JobSettings.ALL.stream())
                .collect(Collectors.toMap(Setting::name, Setting::defaultValue));
        int count = 0;
        for (; named.find(); count++) {
            assertThat(defaults).containsEntry(named.group(1), named.group(2));
        }
        assertThat(count).isGreaterThanOrEqualTo(4);
    }
}
