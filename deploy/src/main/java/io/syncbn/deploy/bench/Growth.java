package io.syncbn.deploy.bench;

import static io.syncbn.deploy.bench.MarkdownTable.number;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * How the time of a step and of a sum grows with workers and sizes.
 *
 * @param workers numbers of workers
 * @param batch examples of a worker, where that is fixed
 * @param globalBatch examples of all workers, where that is fixed; every number of workers divides it
 * @param steps to measure of a small configuration
 * @param sizes of vectors to sum
 * @param sums rounds of a small vector
 */
public record Growth(List<Integer> workers, int batch, int globalBatch, int steps, List<Integer> sizes, int sums) {
    public List<Measurement> measurements(Programs programs) {
        Stream<Measurement> ofSteps = Stream.concat(fixedBatch().stream(), fixedGlobalBatch().stream())
                .distinct()
                .map(configuration -> programs.step(configuration, "sync", configuration.steps(steps)));
        Stream<Measurement> ofSums = workers.stream().map(each -> programs.allReduce(each, sizes, sums));
        return Stream.concat(ofSteps, ofSums).toList();
    }

    private List<Configuration> fixedBatch() {
        return workers.stream().map(each -> new Configuration(each, batch)).toList();
    }

    private List<Configuration> fixedGlobalBatch() {
        return workers.stream()
                .map(each -> new Configuration(each, globalBatch / each))
                .toList();
    }

    /** The tables, of medians over the rounds. */
    public String tables(Results results) {
        return "A step with " + batch + " examples a worker: median of milliseconds, and of its parts\n\n"
                + steps(results, fixedBatch())
                + "\nA step with " + globalBatch + " examples in all\n\n"
                + steps(results, fixedGlobalBatch())
                + "\nA sum over all workers: median of microseconds\n\n"
                + sums(results)
                + "\nThe same as straight lines of least squares: microseconds = a + b · numbers\n\n"
                + lines(results);
    }

    private static MarkdownTable steps(Results results, List<Configuration> configurations) {
        List<String> header = new ArrayList<>(List.of("workers × batch", "step", "99th percentile", "images/s"));
        header.addAll(StepResult.PARTS);
        MarkdownTable table = new MarkdownTable(header);
        for (Configuration configuration : configurations) {
            Map<String, Object> where = Map.of("workers", configuration.workers(), "batch", configuration.batch());
            List<String> row = new ArrayList<>(List.of(configuration.toString()));
            row.add(number(results.median("/stepMillisMedian", where), 1));
            row.add(number(results.median("/stepMillisP99", where), 1));
            row.add(number(results.median("/imagesPerSecond", where), 0));
            StepResult.PARTS.forEach(part -> row.add(number(results.median("/parts/" + part + "/median", where), 2)));
            table.row(row);
        }
        return table;
    }

    private MarkdownTable sums(Results results) {
        List<String> header = new ArrayList<>(List.of("numbers"));
        workers.forEach(each -> header.add(each == 1 ? "1 worker" : each + " workers"));
        MarkdownTable table = new MarkdownTable(header);
        for (int floats : sizes) {
            List<String> row = new ArrayList<>(List.of(number(OptionalDouble.of(floats), 0)));
            workers.forEach(each -> row.add(number(sum(results, each, floats), 0)));
            table.row(row);
        }
        return table;
    }

    private MarkdownTable lines(Results results) {
        MarkdownTable table = new MarkdownTable(List.of("workers", "a, µs", "b, µs per 1,000 numbers", "R²"));
        for (int each : workers) {
            List<Line.Point> points = sizes.stream()
                    .distinct()
                    .flatMap(floats ->
                            sum(results, each, floats).stream().mapToObj(micros -> new Line.Point(floats, micros)))
                    .toList();
            if (points.size() < 2) {
                table.row(List.of(Integer.toString(each), "–", "–", "–"));
                continue;
            }
            Line line = Line.through(points);
            table.row(List.of(
                    Integer.toString(each),
                    number(OptionalDouble.of(line.intercept()), 0),
                    number(OptionalDouble.of(1000 * line.slope()), 2),
                    number(OptionalDouble.of(line.fit()), 4)));
        }
        return table;
    }

    private static OptionalDouble sum(Results results, int workers, int floats) {
        return results.median("/microsMedian", Map.of("workers", workers, "floats", floats));
    }
}
