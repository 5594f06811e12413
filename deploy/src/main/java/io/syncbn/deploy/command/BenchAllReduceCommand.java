package io.syncbn.deploy.command;

import io.syncbn.deploy.bench.AllReduceLoop;
import io.syncbn.deploy.launch.ChildCommands;
import io.syncbn.deploy.launch.Heaps;
import io.syncbn.deploy.launch.JavaChildren;
import io.syncbn.deploy.launch.JavaCommand;
import io.syncbn.deploy.launch.JavaProgram;
import io.syncbn.deploy.launch.RunDirectory;
import io.syncbn.deploy.settings.BenchSettings;
import io.syncbn.deploy.settings.RunSettings;
import io.syncbn.deploy.settings.Settings;
import io.syncbn.proto.job.Fingerprint;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.Setting;
import io.syncbn.proto.net.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code syncbn bench allreduce}: how long a sum over all workers takes. Given a coordinator's address, or launched, it
 * acts as one of the workers; it starts its own workers that way.
 */
final class BenchAllReduceCommand implements Command {
    static final int MOST_FLOATS = 1 << 28;
    static final int LEAST_ROUNDS = 5;
    static final int MOST_ROUNDS = 1_000_000;

    private final String childMain;

    /** @param childMain name of the class that processes of ours are started with */
    BenchAllReduceCommand(String childMain) {
        this.childMain = childMain;
    }

    @Override
    public String name() {
        return "bench allreduce";
    }

    @Override
    public String summary() {
        return "Sums vectors over W processes through a coordinator, and prints the time of a round for each size.";
    }

    @Override
    public List<Setting> runSettings() {
        return BenchSettings.ALLREDUCE;
    }

    @Override
    public boolean takesJob() {
        return false;
    }

    @Override
    public List<String> examples() {
        return List.of("bench allreduce --workers 2 --floats 33,4096,270000");
    }

    @Override
    public int run(Settings settings) throws IOException, InterruptedException {
        JobRun jobRun = JobRun.measured(settings);
        List<Integer> sizes = settings.integers(BenchSettings.FLOATS, 1, MOST_FLOATS);
        int rounds = settings.integer(BenchSettings.SUMS, LEAST_ROUNDS, MOST_ROUNDS);
        boolean isLaunched = settings.flag(RunSettings.LAUNCHED);
        boolean isMeasured = settings.flag(BenchSettings.MEASURED);
        boolean isGiven = settings.text(RunSettings.COORDINATOR).isPresent();
        Optional<Address> given = isGiven ? settings.address(RunSettings.COORDINATOR) : Optional.empty();
        settings.check();
        Job job = jobRun.job().orElseThrow();
        int workers = jobRun.workers().most();
        if (isMeasured) {
            ParentWatch.start();
        }
        if (isLaunched || isGiven) {
            AllReduceLoop.run(
                            isLaunched ? ParentWatch.start().coordinator() : given.orElseThrow(),
                            Fingerprint.of(job),
                            settings.needed(RunSettings.NAME),
                            workers,
                            sizes,
                            rounds,
                            System::nanoTime)
                    .forEach(result -> System.out.println(result.json()));
            return ExitCode.DONE;
        }
        RunDirectory run = BenchRun.directory(settings, job, List.of(BenchSettings.WORKERS));
        return BenchRun.print(run, children(run, settings, workers), workers, () -> {}, () -> results(run));
    }

    private ChildCommands children(RunDirectory run, Settings settings, int workers) {
        JavaChildren job = new JavaChildren(new JavaProgram(childMain, Heaps.USUAL, 0), run, Optional.empty(), workers);
        return new ChildCommands() {
            @Override
            public List<String> coordinator(int port, OptionalInt page) {
                return job.coordinator(port, page);
            }

            @Override
            public List<String> worker(String name) {
                List<String> command = JavaCommand.of(childMain, "-Xmx2g");
                command.addAll(
                        List.of("bench", "allreduce", "--launched", "true", "--workers", Integer.toString(workers)));
                command.addAll(List.of("--name", name));
                command.addAll(List.of("--floats", settings.needed(BenchSettings.FLOATS)));
                command.addAll(List.of("--rounds", settings.needed(BenchSettings.SUMS)));
                return command;
            }

            @Override
            public boolean leaveResult() {
                return false; // they print what they measured
            }
        };
    }

    /** What the first worker printed; the others measured the same rounds. */
    private static List<String> results(RunDirectory run) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(run.log("worker-0")));
        lines.removeIf(line -> !line.startsWith("{"));
        return lines;
    }
}
