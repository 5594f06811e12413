package io.syncbn.deploy.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the benchmarks of this package, each in a JVM of its own, and prints a JSON line a result. Its name keeps it out of
 * {@code mvn verify}; to run it, name it, and if not all, a regular expression of those to run:
 *
 * <pre>
 * mvn -q -B test -Dtest=Benchmarks -Dsurefire.failIfNoSpecifiedTests=false -Dbenchmarks=Framing
 * </pre>
 */
class Benchmarks {
    private static final String ALL = "";

    @Test
    void run() throws RunnerException {
        Collection<RunResult> results = new Runner(options(System.getProperty("benchmarks", ALL))
                        .forks(1)
                        .warmupIterations(4)
                        .warmupTime(TimeValue.milliseconds(500))
                        .measurementIterations(6)
                        .measurementTime(TimeValue.milliseconds(500))
                        .output("target/benchmarks.log")
                        .result("target/benchmarks.json")
                        .resultFormat(ResultFormatType.JSON)
                        .build())
                .run();
        assertThat(results).as("benchmarks of this name").isNotEmpty();
        results.forEach(result -> System.out.println(line(result)));
    }

    /** @param names a regular expression that a part of a benchmark's name fits */
    static ChainedOptionsBuilder options(String names) {
        return new OptionsBuilder()
                .include("io\\.syncbn\\.deploy\\.benchmarks\\..*" + names)
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.MICROSECONDS)
                .shouldFailOnError(true);
    }

    /** What was measured, and the mean time of one call with the half width of its 99.9 % interval. */
    static ObjectNode line(RunResult result) {
        ObjectNode line = new ObjectMapper().createObjectNode();
        String name = result.getParams().getBenchmark();
        line.put("benchmark", name.substring(Benchmarks.class.getPackageName().length() + 1));
        result.getParams()
                .getParamsKeys()
                .forEach(key -> line.put(key, result.getParams().getParam(key)));
        Result<?> time = result.getPrimaryResult();
        line.put("micros", Math.round(1000 * time.getScore()) / 1000.0);
        line.put("plusMinus", Math.round(1000 * time.getScoreError()) / 1000.0);
        return line;
    }
}
