package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard, the rules and the table of metrics, against what the processes of a real run export. */
@Timeout(900)
class GrafanaTest {
    private static final Path FILES = Path.of("grafana");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A metric's name in a query, but not that of a recording rule, which has colons. */
    private static final Pattern METRIC = Pattern.compile("(?<![:\\w])syncbn_\\w+");

    private static final Pattern RECORDED = Pattern.compile("record: (\\S+)");

    @TempDir
    private static Path directory;

    private static Syncbn training;
    private static Exposition exported;

    @BeforeAll
    static void train() throws Exception {
        Path data = NpyPictures.write(directory.resolve("npy"), 27, 8);
        Path run = directory.resolve("run");
        training = Syncbn.start(
                "train",
                "--data=npy:" + data,
                "--out=" + run,
                "--model=" + SmallResNet.class.getName(),
                "--workers=2",
                "--norm-group=1",
                "--steps=100000000",
                "--evaluate-every=50",
                "--checkpoint-every=1000000");
        Path targets = run.resolve("targets.json");
        Syncbn.await(
                "three targets; " + training.err(),
                Syncbn.PATIENCE,
                () -> Files.exists(targets) && addresses(targets).size() == 3);
        Syncbn.await("sixty steps; " + training.err(), Syncbn.PATIENCE, () -> Syncbn.hasStep(run, 60));
        List<String> pages = new ArrayList<>();
        for (String address : addresses(targets)) {
            pages.add(Prometheus.get("http://" + address + "/metrics"));
        }
        exported = Exposition.of(pages);
    }

    private static List<String> addresses(Path targets) {
        try {
            List<String> addresses = new ArrayList<>();
            JSON.readTree(Files.readString(targets))
                    .forEach(group -> group.path("targets").forEach(target -> addresses.add(target.asText())));
            return addresses;
        } catch (IOException e) {
            return List.of(); // just being replaced
        }
    }

    @AfterAll
    static void end() {
        training.close();
    }

    @Test
    void everyMetricHasItsLineInTheTable() throws IOException {
        Map<String, String> documented = new TreeMap<>();
        Matcher row = Pattern.compile("(?m)^\\| `(syncbn_\\w+)` \\| (\\w+) \\| ([\\w ]+) \\| (.+?) \\| (.+) \\|$")
                .matcher(Files.readString(FILES.resolve("README.md")));
        while (row.find()) {
            String unit = Stream.of("seconds", "bytes")
                    .filter(row.group(1)::contains)
                    .findFirst()
                    .orElse(row.group(3));
            assertThat(row.group(3)).as("unit of " + row.group(1)).isEqualTo(unit);
            documented.put(row.group(1), row.group(2) + " " + row.group(4) + " " + row.group(5));
        }
        Map<String, String> expected = new TreeMap<>();
        exported.types().forEach((name, type) -> {
            if (!name.endsWith("_max")) {
                Set<String> labels = exported.labels(name);
                String texts = labels.isEmpty()
                        ? "–"
                        : labels.stream().map(label -> "`" + label + "`").collect(Collectors.joining(", "));
                expected.put(name, type + " " + texts + " " + exported.helps().get(name));
            }
        });
        assertThat(expected).hasSizeGreaterThan(35);
        assertThat(documented).isEqualTo(expected);
        assertThat(exported.helps().values())
                .allSatisfy(help -> assertThat(help).isNotBlank());
    }

    @Test
    void everyMetricInUseExists() throws IOException {
        Set<String> used = new TreeSet<>();
        for (String file : List.of("syncbn.json", "rules.yml")) {
            Matcher names = METRIC.matcher(Files.readString(FILES.resolve(file)));
            while (names.find()) {
                used.add(names.group());
            }
        }
        assertThat(used).hasSizeGreaterThan(30).isSubsetOf(exported.samples());
    }

    @Test
    void theDashboardNamesNoDataSource() throws IOException {
        JsonNode dashboard = dashboard();
        List<String> sources = new ArrayList<>();
        dashboard
                .findValues("datasource")
                .forEach(source -> sources.add(source.path("uid").asText()));
        assertThat(sources).hasSizeGreaterThan(50).containsOnly("${datasource}");
        List<String> variables = new ArrayList<>();
        dashboard
                .path("templating")
                .path("list")
                .forEach(variable -> variables.add(variable.path("name").asText()));
        assertThat(variables).containsExactly("datasource", "job", "worker");
        List<Integer> ids = new ArrayList<>();
        dashboard.path("panels").forEach(panel -> ids.add(panel.path("id").asInt()));
        assertThat(ids).doesNotHaveDuplicates().doesNotContain(0);
    }

    @Test
    void everyPanelAndEveryRecordingRuleHasData() throws Exception {
        Optional<Path> prometheus = onPath("prometheus");
        assumeTrue(prometheus.isPresent(), "there is no prometheus on the PATH: the dashboard's queries are not tried");
        Path work = Files.createDirectories(directory.resolve("prometheus"));
        Files.copy(FILES.resolve("rules.yml"), work.resolve("rules.yml"));
        String given = Files.readString(FILES.resolve("prometheus.yml"));
        assertThat(given).contains("runs/first/targets.json", "scrape_interval: 5s");
        Path config = Files.writeString(
                work.resolve("prometheus.yml"),
                given.replace("runs/first/targets.json", directory + "/run/targets.json")
                        .replace("interval: 5s", "interval: 1s"));
        try (Prometheus server = Prometheus.start(prometheus.get(), config)) {
            Matcher recorded = RECORDED.matcher(Files.readString(work.resolve("rules.yml")));
            while (recorded.find()) {
                server.awaitData(recorded.group(1), false);
            }
            for (JsonNode panel : dashboard().path("panels")) {
                for (JsonNode target : panel.path("targets")) {
                    String query = target.path("expr")
                            .asText()
                            .replace("$job", "run")
                            .replace("$worker", "worker-0|worker-1")
                            .replace("$__rate_interval", "10s");
                    // Where the squared norm is not above 0, as it may be for a while, there is no scale.
                    server.awaitData(query, query.contains("noise_scale"));
                }
            }
            for (JsonNode annotation : dashboard().path("annotations").path("list")) {
                server.check(annotation.path("expr").asText().replace("$__rate_interval", "10s"));
            }
        }
    }

    @Test
    void theRulesAreRightAndEachAlertIsRaised() throws Exception {
        Optional<Path> promtool = onPath("promtool");
        assumeTrue(promtool.isPresent(), "there is no promtool on the PATH: the rules are not tried");
        Path tests = Path.of("src/test/resources/io/syncbn/deploy/system/rules-test.yml");
        for (List<String> words : List.of(
                List.of("check", "rules", FILES.resolve("rules.yml").toString()),
                List.of("test", "rules", tests.toString()))) {
            List<String> command = new ArrayList<>(List.of(promtool.get().toString()));
            command.addAll(words);
            Path output = directory.resolve("promtool.out");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            assertThat(process.waitFor(Syncbn.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        }
        Matcher alerts = Pattern.compile("alert: (\\S+)").matcher(Files.readString(FILES.resolve("rules.yml")));
        while (alerts.find()) {
            assertThat(Files.readString(tests)).contains("\"" + alerts.group(1) + "\"");
        }
    }

    private static JsonNode dashboard() throws IOException {
        return JSON.readTree(Files.readString(FILES.resolve("syncbn.json")));
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(place -> Path.of(place, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
