package io.syncbn.deploy.bench;

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

    /** Times a sum again and again. */
    static AllReduceResult measure(
            String peer, int floats, int workers, int rounds, LongSupplier nanoClock, Runnable sum) {
        SumPlan plan = SumPlan.of(floats, rounds);
        for (int i = 0; i < plan.leftOut(); i++) {
            sum.run();
        }
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
