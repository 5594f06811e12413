package io.syncbn.deploy.command;

import io.syncbn.deploy.bench.BenchException;
import io.syncbn.deploy.bench.TcpStar;
import io.syncbn.deploy.launch.JavaCommand;
import io.syncbn.deploy.settings.BenchSettings;
import io.syncbn.deploy.settings.RunSettings;
import io.syncbn.deploy.settings.Settings;
import io.syncbn.proto.job.Setting;
import io.syncbn.proto.net.Address;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code syncbn bench star}: the floor under {@code bench allreduce}. It is the coordinator; launched, it is one of its
 * workers.
 */
final class BenchStarCommand implements Command {
    private static final int MOST_WORKERS = 1 << 10;

    private final String childMain;

    /** @param childMain name of the class that processes of ours are started with */
    BenchStarCommand(String childMain) {
        this.childMain = childMain;
    }

    @Override
    public String name() {
        return "bench star";
    }

    @Override
    public String summary() {
        return "Sums vectors over plain TCP sockets, with nothing around them: what no sum through a coordinator can beat.";
    }

    @Override
    public List<Setting> runSettings() {
        return BenchSettings.STAR;
    }

    @Override
    public boolean takesJob() {
        return false;
    }

    @Override
    public List<String> examples() {
        return List.of("bench star --workers 2 --floats 33,4096,270000");
    }

    @Override
    public int run(Settings settings) throws IOException, InterruptedException {
        int workers = settings.integer(BenchSettings.WORKERS, 1, MOST_WORKERS);
        List<Integer> sizes = settings.integers(BenchSettings.FLOATS, 1, BenchAllReduceCommand.MOST_FLOATS);
        int rounds = settings.integer(
                BenchSettings.SUMS, BenchAllReduceCommand.LEAST_ROUNDS, BenchAllReduceCommand.MOST_ROUNDS);
        boolean isLaunched = settings.flag(RunSettings.LAUNCHED);
        boolean isMeasured = settings.flag(BenchSettings.MEASURED);
        settings.check();
        if (isMeasured) {
            ParentWatch.start();
        }
        if (isLaunched) {
            TcpStar.work(ParentWatch.start().coordinator(), workers, sizes, rounds, System::nanoTime)
                    .forEach(result -> System.out.println(result.json()));
        } else {
            coordinate(settings, workers, sizes, rounds);
        }
        return ExitCode.DONE;
    }

    private void coordinate(Settings settings, int workers, List<Integer> sizes, int rounds)
            throws IOException, InterruptedException {
        List<Process> processes = new ArrayList<>();
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), workers);
            int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
            for (int worker = 0; worker < workers; worker++) {
                processes.add(worker(settings, new Address("127.0.0.1", port), worker));
            }
            // Otherwise a worker that ends before it connects would be awaited for ever.
            processes.forEach(process -> process.onExit().thenRun(() -> close(listener)));
            TcpStar.coordinate(listener, workers, sizes, rounds);
            for (Process process : processes) {
                process.waitFor();
            }
        } catch (IOException e) {
            throw new BenchException("a worker of the star ended before its time");
        } finally {
            processes.forEach(Process::destroy);
        }
    }

    private static void close(ServerSocketChannel listener) {
        try {
            listener.close();
        } catch (IOException e) {
            // It has been closed as far as it can be.
        }
    }

    /** The first one prints the results; the others measured the same rounds. */
    private Process worker(Settings settings, Address coordinator, int number) throws IOException {
        List<String> command = JavaCommand.of(childMain);
        command.addAll(List.of("bench", "star", "--launched", "true"));
        for (Setting setting : List.of(BenchSettings.WORKERS, BenchSettings.FLOATS, BenchSettings.SUMS)) {
            command.addAll(List.of("--" + setting.name(), settings.needed(setting)));
        }
        Process process = new ProcessBuilder(command)
                .redirectOutput(number == 0 ? Redirect.INHERIT : Redirect.DISCARD)
                .redirectError(Redirect.INHERIT)
                .start();
        process.outputWriter().append(coordinator.toString()).append('\n').flush();
        return process;
    }
}
