package io.syncbn.worker.record;

import com.google.protobuf.CodedOutputStream;
import io.syncbn.proto.v1.ReplicaDigest;
import io.syncbn.proto.v1.Report;
import io.syncbn.proto.v1.Scores;
import io.syncbn.proto.v1.StepSample;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * What this worker tells the coordinator with its heartbeats, for people to look at: the training thread adds, the
 * thread that sends heartbeats takes. Bounded, whatever the model and however long nothing is taken. Thread-safe.
 */
public final class Reports {
    /** Waits for moments of one step, each way; a model with more layers has them in groups. */
    static final int MOST_WAITS = 64;

    /** Points of the curves in one report. */
    static final int MOST_POINTS = 8;

    /** Evaluations and digests in one report, the newest; more may come between two heartbeats. */
    static final int MOST_OF_EACH = 2;

    /** Bytes of a report. */
    static final int MOST_BYTES = 2048;

    /** Characters of a layer's name; a longer one is cut. */
    static final int MOST_OF_A_NAME = 100;

    private static final long NANOS_PER_MICRO = 1000;

    private final List<String> layers;
    private final int layersAWait;
    private final LongSupplier nanoClock;
    private final LongSupplier failedWrites;

    private StepSums sums;
    private StepSums sample;
    private long sampleStep;
    private long sampleNanos;
    private long lastStep;
    private int steps;
    private final List<CurveSums> curve = new ArrayList<>();
    /** How many steps a point of the curve is of. */
    private int stepsAPoint = 1;

    private int stepsOfLastPoint;
    private final Deque<Scores> scores = new ArrayDeque<>();
    private final Deque<ReplicaDigest> digests = new ArrayDeque<>();
    private boolean isWriter;
    private int namesTold;

    /**
     * @param layers names of the normalization layers that sum moments over shards
     * @param nanoClock monotonic
     * @param failedWrites of the run, so far
     */
    public Reports(List<String> layers, LongSupplier nanoClock, LongSupplier failedWrites) {
        this.layers = layers.stream().map(Reports::cut).toList();
        this.layersAWait = Math.max(1, (layers.size() + MOST_WAITS - 1) / MOST_WAITS);
        this.nanoClock = nanoClock;
        this.failedWrites = failedWrites;
        this.sums = newSums();
    }

    /** Between characters, some of which are two of Java's. */
    private static String cut(String name) {
        int characters = Math.min(MOST_OF_A_NAME, name.codePointCount(0, name.length()));
        return name.substring(0, name.offsetByCodePoints(0, characters));
    }

    private StepSums newSums() {
        return new StepSums(layers.size(), layersAWait);
    }

    /** A generation begins: a coordinator that was started again does not know the layers' names. */
    synchronized void generation() {
        namesTold = 0;
    }

    /** Whether this worker writes the run: the others know the same curves, and do not tell them. */
    synchronized void writes(boolean whether) {
        isWriter = whether;
    }

    synchronized void stepped(StepRecord step, LayerWaits waits) {
        sums.add(step.split(), waits);
        steps++;
        lastStep = step.step();
        if (sample == null || Long.numberOfTrailingZeros(step.step()) >= Long.numberOfTrailingZeros(sampleStep)) {
            sample = newSums();
            sample.add(step.split(), waits);
            sampleStep = step.step();
            sampleNanos = nanoClock.getAsLong();
        }
        if (isWriter) {
            addPoint(new CurveSums(step));
        }
    }

    private void addPoint(CurveSums point) {
        if (!curve.isEmpty() && stepsOfLastPoint < stepsAPoint) {
            curve.get(curve.size() - 1).add(point);
            stepsOfLastPoint++;
            return;
        }
        if (curve.size() == MOST_POINTS) {
            for (int i = 0; i < MOST_POINTS / 2; i++) {
                curve.get(i).add(curve.remove(i + 1));
            }
            stepsAPoint *= 2;
        }
        curve.add(point);
        stepsOfLastPoint = 1;
    }

    synchronized void evaluated(long step, double epoch, Evaluation evaluation) {
        Scores.Builder message = Scores.newBuilder()
                .setStep(step)
                .setEpoch(epoch)
                .addWays("running")
                .addLosses(evaluation.loss())
                .addAccuracies(evaluation.accuracy());
        evaluation.others().forEach((way, found) -> message.addWays(way.name().toLowerCase(Locale.ROOT))
                .addLosses(found.loss())
                .addAccuracies(found.accuracy()));
        if (isWriter) {
            addNewest(scores, message.build());
        }
    }

    /** @param digest of this worker's model and optimizer after that step */
    synchronized void digest(long step, String digest) {
        addNewest(
                digests,
                ReplicaDigest.newBuilder().setStep(step).setDigest(digest).build());
    }

    private static <T> void addNewest(Deque<T> newest, T one) {
        newest.addLast(one);
        if (newest.size() > MOST_OF_EACH) {
            newest.removeFirst();
        }
    }

    /** What has happened since the last call. */
    public synchronized Report take() {
        Report.Builder report = Report.newBuilder()
                .setLastStep(lastStep)
                .setSteps(steps)
                .setLayersAWait(layersAWait)
                .setFailedWrites((int) failedWrites.getAsLong())
                .addAllScores(scores)
                .addAllDigests(digests);
        if (steps > 0) {
            report.setSums(sums.toMessage())
                    .setSample(StepSample.newBuilder()
                            .setStep(sampleStep)
                            .setAge((nanoClock.getAsLong() - sampleNanos) / NANOS_PER_MICRO)
                            .setTimes(sample.toMessage()));
        }
        curve.forEach(point -> report.addCurve(point.toMessage()));
        makeRoom(report);
        addNames(report);
        startAnew();
        return report.build();
    }

    private void startAnew() {
        sums = newSums();
        sample = null;
        steps = 0;
        curve.clear();
        stepsAPoint = 1;
        scores.clear();
        digests.clear();
    }

    /** Leaves out the sample's waits where they would not let the rest, or a name that is to be told, into the report. */
    private void makeRoom(Report.Builder report) {
        if (hasNamesToTell()) {
            report.setFirstLayer(namesTold);
        }
        int name = hasNamesToTell() ? size(layers.get(namesTold)) : 0;
        if (report.build().getSerializedSize() + name > MOST_BYTES) {
            report.getSampleBuilder().getTimesBuilder().clearForwardWaits().clearBackwardWaits();
        }
    }

    /** As many of the names that are still to be told as there is room for. */
    private void addNames(Report.Builder report) {
        int room = MOST_BYTES - report.build().getSerializedSize();
        while (hasNamesToTell() && size(layers.get(namesTold)) <= room) {
            room -= size(layers.get(namesTold));
            report.addLayers(layers.get(namesTold++));
        }
    }

    private boolean hasNamesToTell() {
        return isWriter && namesTold < layers.size();
    }

    /** Bytes of a name in a report. */
    private static int size(String name) {
        return CodedOutputStream.computeStringSize(Report.LAYERS_FIELD_NUMBER, name);
    }
}
