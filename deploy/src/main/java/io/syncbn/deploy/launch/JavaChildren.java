package io.syncbn.deploy.launch;

import com.sun.management.OperatingSystemMXBean;
import io.syncbn.deploy.settings.MemorySize;
import io.syncbn.worker.train.Resume;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Coordinator and workers in JVMs like this one: its executable, flags, class path and environment. */
public final class JavaChildren implements ChildCommands {
    /** System property: when the launcher began, in milliseconds of the epoch. */
    public static final String STARTED = "syncbn.started";

    private static final MemorySize COORDINATOR_HEAP = MemorySize.parse("1g");
    private static final MemorySize LEAST_WORKER_HEAP = MemorySize.parse("1g");

    private final JavaProgram program;
    private final RunDirectory directory;
    private final Optional<Resume> resume;
    private final int mostWorkers;

    public JavaChildren(JavaProgram program, RunDirectory directory, Optional<Resume> resume, int mostWorkers) {
        this.program = program;
        this.directory = directory;
        this.resume = resume;
        this.mostWorkers = mostWorkers;
    }

    @Override
    public List<String> coordinator(int port, OptionalInt page) {
        List<String> command =
                JavaCommand.of(program.mainClass(), program.heaps().coordinator(), "-Xmx" + COORDINATOR_HEAP);
        command.addAll(List.of(
                "coordinator", "--launched", "true", "--job", directory.job().toString()));
        command.addAll(List.of("--host", "127.0.0.1", "--port", Integer.toString(port)));
        command.addAll(List.of("--journal", directory.events().toString()));
        command.addAll(List.of("--page-port", Integer.toString(page.orElse(program.pagePort()))));
        return command;
    }

    @Override
    public List<String> worker(String name) {
        List<String> command = JavaCommand.of(
                program.mainClass(),
                program.heaps().worker(),
                workerHeap(),
                started(),
                "--add-modules",
                "jdk.incubator.vector");
        command.addAll(
                List.of("worker", "--launched", "true", "--job", directory.job().toString()));
        command.addAll(List.of("--name", name));
        command.addAll(List.of("--out", directory.path().toString()));
        resume.ifPresent(from -> command.addAll(List.of(
                "--resume", placeToGoOnFrom(from).toString(),
                "--allow-other-data", Boolean.toString(from.mayHaveOtherData()),
                "--allow-other-arithmetic", Boolean.toString(from.mayHaveOtherArithmetic()))));
        return command;
    }

    /**
     * Where a worker resumes from: a run may have deleted the checkpoint that it resumed from; then from its own newer
     * ones.
     */
    private Path placeToGoOnFrom(Resume from) {
        return Files.isDirectory(from.from()) ? from.from() : directory.path();
    }

    private static String started() {
        return "-D" + STARTED + "=" + ManagementFactory.getRuntimeMXBean().getStartTime();
    }

    /** Half of the memory, shared by the workers; a JVM alone would take a quarter each. */
    private String workerHeap() {
        long totalBytes = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
        MemorySize share = MemorySize.ofMebibytes((totalBytes >> 20) / 2 / mostWorkers);
        return "-Xmx" + (share.compareTo(LEAST_WORKER_HEAP) > 0 ? share : LEAST_WORKER_HEAP);
    }
}
