package io.syncbn.worker.kernels;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The builds of ND4J's native library that are on the class path. Those with oneDNN convolve 25 to 35 times faster than
 * the plain one, and crash on a processor that lacks their instructions: so the processor's flags choose.
 */
enum NativeBuild {
    AVX512("-onednn-avx512", Set.of("avx2", "fma", "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl")),
    AVX2("-onednn-avx2", Set.of("avx2", "fma")),
    PLAIN("-", Set.of());

    /** JavaCPP's choice among builds; "-" is the one without extension. */
    private static final String EXTENSION_PROPERTY = "org.bytedeco.javacpp.platform.extension";

    private static final Path PROCESSOR_INFO = Path.of("/proc/cpuinfo");

    private final String extension;
    private final Set<String> needs;

    NativeBuild(String extension, Set<String> needs) {
        this.extension = extension;
        this.needs = needs;
    }

    String extension() {
        return extension;
    }

    /** The fastest build for a processor with these flags, in the words of Linux. */
    static NativeBuild forProcessor(Set<String> flags) {
        return Stream.of(values())
                .filter(build -> flags.containsAll(build.needs))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Makes ND4J load the build for this processor; to be called before ND4J is touched. A build named by the user with
     * the system property stays.
     *
     * @throws IllegalStateException if natives would use several threads
     */
    static void choose() {
        requireOneThread(System.getenv("OMP_NUM_THREADS"));
        if (System.getProperty(EXTENSION_PROPERTY) == null) {
            System.setProperty(EXTENSION_PROPERTY, forProcessor(processorFlags()).extension);
        }
    }

    static void requireOneThread(String threads) {
        if (!"1".equals(threads)) {
            throw new IllegalStateException("the environment of a worker must have OMP_NUM_THREADS=1, but it is "
                    + (threads == null ? "not set" : "\"" + threads + "\"")
                    + ": the bits of a result depend on the number of threads in a sum");
        }
    }

    /** Flags of the first processor; none where Linux does not tell, which means the plain build. */
    private static Set<String> processorFlags() {
        if (!Files.isReadable(PROCESSOR_INFO)) {
            return Set.of();
        }
        try (Stream<String> lines = Files.lines(PROCESSOR_INFO)) {
            return lines.filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .map(line -> Arrays.stream(
                                    line.substring(line.indexOf(':') + 1).trim().split("\\s+"))
                            .collect(Collectors.toUnmodifiableSet()))
                    .orElse(Set.of());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + PROCESSOR_INFO, e);
        }
    }
}
