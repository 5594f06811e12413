package io.syncbn.deploy.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The outcome of a list of faults, for people and as JSON. */
public final class Report {
    private static final double MILLIS_PER_SECOND = 1000;

    private final List<FaultOutcome> episodes;
    private final long startMillis;

    private Report(List<FaultOutcome> episodes, long startMillis) {
        this.episodes = episodes;
        this.startMillis = startMillis;
    }

    static Report of(List<FaultOutcome> episodes, long startMillis) {
        return new Report(List.copyOf(episodes), startMillis);
    }

    /** A table: a line a fault, in the order in which they happened. */
    public List<String> lines() {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"seconds", "step", "fault", "noticed after", "went on after"});
        inOrder().forEach(episode -> rows.add(row(episode)));
        int[] widths = new int[rows.get(0).length];
        rows.forEach(row -> {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        });
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static String line(String[] row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.length; i++) {
            line.append(String.format(Locale.ROOT, "%" + (i < 2 ? "" : "-") + widths[i] + "s  ", row[i]));
        }
        return line.toString().stripTrailing();
    }

    private List<FaultOutcome> inOrder() {
        return episodes.stream()
                .sorted((a, b) -> Long.compare(
                        a.firedMillis().orElse(Long.MAX_VALUE), b.firedMillis().orElse(Long.MAX_VALUE)))
                .toList();
    }

    private String[] row(FaultOutcome episode) {
        if (episode.firedMillis().isEmpty()) {
            String why = episode.failure().orElse("the job ended before it was due");
            return new String[] {"–", "–", episode.fault().words(), why, ""};
        }
        String noticed = episode.noticedMillis().isEmpty()
                ? "–"
                : seconds(episode.noticedMillis().getAsLong() - firedMillis(episode)) + " (" + episode.noticedBy()
                        + ")";
        String wentOn = episode.outageMillis().isEmpty()
                ? "–"
                : seconds(episode.outageMillis().getAsLong()) + " (step " + episode.wentOnStep() + ")";
        return new String[] {
            seconds(firedMillis(episode) - startMillis),
            Long.toString(episode.firedStep()),
            episode.fault().words(),
            noticed,
            wentOn
        };
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.2f", millis / MILLIS_PER_SECOND);
    }

    private static long firedMillis(FaultOutcome episode) {
        return episode.firedMillis().getAsLong();
    }

    /**
     * Everything, as a JSON object.
     *
     * @param weightsSha256 of this run, if it came to its end
     * @param referenceSha256 of the undisturbed run, if it is known
     */
    public String json(Optional<String> weightsSha256, Optional<String> referenceSha256) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("faults", inOrder().stream().map(this::values).toList());
        weightsSha256.ifPresent(weights -> all.put("weightsSha256", weights));
        referenceSha256.ifPresent(reference -> {
            all.put("referenceSha256", reference);
            all.put("equal", weightsSha256.equals(referenceSha256));
        });
        try {
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, Object> values(FaultOutcome episode) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("fault", episode.fault().toString());
        values.put("kind", episode.fault().verb().id());
        values.put("target", episode.fault().target());
        values.put("fired", episode.firedMillis().isPresent());
        episode.failure().ifPresent(reason -> values.put("failure", reason));
        episode.firedMillis().ifPresent(fired -> {
            values.put("firedMillis", fired - startMillis);
            values.put("firedStep", episode.firedStep());
            put(values, "noticedMillis", since(startMillis, episode.noticedMillis()));
            if (episode.noticedMillis().isPresent()) {
                values.put("noticedBy", episode.noticedBy());
            }
            put(values, "wentOnMillis", since(startMillis, episode.wentOnMillis()));
            if (episode.wentOnMillis().isPresent()) {
                values.put("wentOnStep", episode.wentOnStep());
            }
            put(values, "outageMillis", episode.outageMillis());
        });
        return values;
    }

    private static OptionalLong since(long startMillis, OptionalLong millis) {
        return millis.isPresent() ? OptionalLong.of(millis.getAsLong() - startMillis) : OptionalLong.empty();
    }

    private static void put(Map<String, Object> values, String name, OptionalLong value) {
        value.ifPresent(number -> values.put(name, number));
    }
}
