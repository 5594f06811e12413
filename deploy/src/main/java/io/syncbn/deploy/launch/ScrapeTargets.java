package io.syncbn.deploy.launch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells Prometheus where the processes of a run serve their metrics, in a file for its {@code file_sd_configs}: ports are
 * other ones in each run, and after each restart. The file is there while processes live. A disk that cannot be written
 * to is tried again at each update, and harms nothing else. Belongs to the launcher's thread.
 */
final class ScrapeTargets {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final String job;
    private final Map<Child, String> addresses = new LinkedHashMap<>();
    private boolean isWritten;

    /** @param job the label {@code job} of all that they serve */
    ScrapeTargets(Path file, String job) {
        this.file = file;
        this.job = job;
    }

    /**
     * Writes the file anew if something has changed.
     *
     * @param processes those that live; each is looked for in its log until it says where it serves
     */
    void update(List<Child> processes) {
        boolean hasChanged = addresses.keySet().retainAll(processes);
        for (Child process : processes) {
            if (!addresses.containsKey(process)) {
                process.log().metricsAddress().ifPresent(address -> addresses.put(process, address));
                hasChanged |= addresses.containsKey(process);
            }
        }
        if (hasChanged || !isWritten) {
            isWritten = write();
        }
    }

    private boolean write() {
        try {
            if (addresses.isEmpty()) {
                Files.deleteIfExists(file);
            } else {
                Path next = file.resolveSibling(file.getFileName() + ".next");
                Files.writeString(next, text());
                Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The label instance is the name, which stays when the process is started again at another port. */
    private String text() throws JsonProcessingException {
        ArrayNode groups = JSON.createArrayNode();
        addresses.forEach((process, address) -> {
            ObjectNode group = groups.addObject();
            group.putArray("targets").add(address);
            group.putObject("labels").put("job", job).put("instance", process.name());
        });
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(groups) + "\n";
    }
}
