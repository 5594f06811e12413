package io.syncbn.worker.data;

import java.util.Locale;
import java.util.Set;

/** Files that operating systems and tools leave in folders of pictures. */
final class Leftovers {
    private static final Set<String> NAMES = Set.of(
            "thumbs.db",
            "thumbs.db:encryptable",
            "ehthumbs.db",
            "ehthumbs_vista.db",
            "desktop.ini",
            "icon\r",
            "__macosx",
            "@eadir",
            "#recycle",
            "$recycle.bin",
            "system volume information",
            "lost+found",
            "__pycache__");

    private Leftovers() {}

    /** @param name of a file or folder, without its parents */
    static boolean contain(String name) {
        return name.startsWith(".") || NAMES.contains(name.toLowerCase(Locale.ROOT));
    }
}
