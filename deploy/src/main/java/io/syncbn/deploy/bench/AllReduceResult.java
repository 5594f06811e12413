package io.syncbn.deploy.bench;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/**
 * One line of an all-reduce benchmark; the fields are those that programs of other systems print too.
 *
 * @param peer which system this is
 * @param floats numbers in the vector
 * @param workers processes that summed it
 * @param rounds how often that was measured
 * @param roundsLeftOut before these, to warm up
 * @param microsMedian median time of a round
 * @param microsP99 99th percentile
 */
public record AllReduceResult(
        String peer, int floats, int workers, int rounds, int roundsLeftOut, double microsMedian, double microsP99) {

    /**
     * Times sums of several sizes, each again and again. First all of them are warmed up, so that the first figure is
     * not of a JVM that is still compiling.
     *
     * @param rounds of a small vector; see {@link SumPlan}
     * @param sums makes the sum of a size
     */
    static List<AllReduceResult> measure(
            String peer,
            List<Integer> sizes,
            int workers,
            int rounds,
            LongSupplier nanoClock,
            IntFunction<Runnable> sums) {
        Map<Integer, Runnable> sumOf = new HashMap<>();
        for (int floats : sizes) {
            Runnable sum = sumOf.computeIfAbsent(floats, sums::apply);
            for (int round = SumPlan.of(floats, rounds).leftOut(); round > 0; round--) {
                sum.run();
            }
        }
        return sizes.stream()
                .map(floats -> measure(peer, floats, workers, SumPlan.of(floats, rounds), nanoClock, sumOf.get(floats)))
                .toList();
    }

    private static AllReduceResult measure(
            String peer, int floats, int workers, SumPlan plan, LongSupplier nanoClock, Runnable sum) {
        double[] micros = new double[plan.rounds()];
        for (int i = 0; i < micros.length; i++) {
            long start = nanoClock.getAsLong();
            sum.run();
            micros[i] = (nanoClock.getAsLong() - start) / 1e3;
        }
        Samples samples = new Samples(micros);
        return new AllReduceResult(
                peer,
                floats,
                workers,
                plan.rounds(),
                plan.leftOut(),
                round(samples.median()),
                round(samples.percentile99()));
    }

    private static double round(double micros) {
        return Math.round(micros * 10) / 10.0;
    }

    public String json() {
        return Json.line(this);
    }
}
