package io.syncbn.worker.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Chooses the directory to unpack natives to, which must be writable and allow execution. JavaCPP's default is the home
 * directory in the user's passwd entry; containers have users without one.
 */
final class NativeCache {
    /** JavaCPP's own; if the user has set it, nothing is chosen here. */
    static final String PROPERTY = "org.bytedeco.javacpp.cachedir";

    private NativeCache() {}

    /** Must come before anything is loaded. */
    static synchronized void choose() {
        if (System.getProperty(PROPERTY) == null) {
            List<Path> places =
                    places(System.getenv(), System.getProperty("java.io.tmpdir"), System.getProperty("user.name"));
            System.setProperty(PROPERTY, firstUsable(places).toString());
        }
    }

    /** Candidates from the environment, in order of preference; relative paths are skipped. */
    static List<Path> places(Map<String, String> environment, String temporary, String user) {
        List<Path> places = new ArrayList<>();
        add(places, environment.get("XDG_CACHE_HOME"), "syncbn/natives");
        add(places, environment.get("HOME"), ".cache/syncbn/natives");
        add(places, temporary, "syncbn-" + user.replaceAll("[^A-Za-z0-9.-]", "_") + "/natives");
        return places;
    }

    private static void add(List<Path> places, String base, String below) {
        if (base != null && base.startsWith("/")) {
            places.add(Path.of(base).resolve(below));
        }
    }

    /** @throws KernelsException if none is usable; names them all, with the fault of each */
    static Path firstUsable(List<Path> places) {
        List<String> faults = new ArrayList<>();
        for (Path place : places) {
            String fault = fault(place);
            if (fault.isEmpty()) {
                return place;
            }
            faults.add("\n  " + place + ": " + fault);
        }
        throw new KernelsException("there is no place to unpack native libraries to; set XDG_CACHE_HOME to a directory"
                + " that this user may write to and run programs from" + String.join("", faults));
    }

    private static String fault(Path place) {
        try {
            Files.createDirectories(place);
            Path probe = Files.createTempFile(place, "probe-", "");
            try {
                if (!Files.getOwner(probe).equals(Files.getOwner(place))) {
                    return "it is another user's";
                }
                boolean isExecutable = probe.toFile().setExecutable(true) && Files.isExecutable(probe);
                return isExecutable ? "" : "the file system lets no programs run (noexec)";
            } finally {
                Files.deleteIfExists(probe);
            }
        } catch (IOException e) {
            return "it cannot be written to (" + e.getClass().getSimpleName() + ")";
        }
    }
}
