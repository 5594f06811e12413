package io.syncbn.worker.data;

import io.syncbn.worker.data.FileTree.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which pictures a tree of files holds, and of which classes they are. A pure function of the tree's entries; what
 * operating systems leave behind is ignored.
 *
 * @param classes names, in the order of their numbers
 */
record ImageFolderIndex(List<String> classes, Part train, Part test) {
    private static final List<String> SUFFIXES = List.of(".jpg", ".jpeg", ".png");

    /** Pictures and their classes' numbers, in the order of rows. */
    record Part(List<Entry> files, int[] labels) {}

    /** @param name of the tree, for messages */
    static ImageFolderIndex of(String name, List<Entry> entries) {
        List<Entry> visible = inOneFolder(entries.stream()
                .map(entry -> new Entry(FileNames.normal(entry.path()), entry.size(), entry.crc32(), entry.place()))
                .filter(entry -> Arrays.stream(entry.path().split("/")).noneMatch(Leftovers::contain))
                .sorted(Comparator.comparing(Entry::path))
                .toList());
        List<String> classes = classesOf("train", visible);
        if (classes.isEmpty()) {
            throw new DataException(name + ": has no train folder with folders of classes; expected train/CLASS/*.jpg");
        }
        requireFolders(name, "train", visible);
        String testFolder = testFolder(classes, visible);
        List<String> testClasses = classesOf(testFolder, visible);
        if (testClasses.isEmpty()) {
            throw new DataException(
                    name + ": has no test (or val) folder with folders of classes; expected test/CLASS/*.jpg");
        }
        requireFolders(name, testFolder, visible);
        for (String testClass : testClasses) {
            if (!classes.contains(testClass)) {
                throw new DataException(name + ": " + testFolder + "/" + testClass
                        + " is no class of train's, which are " + String.join(", ", classes));
            }
        }
        return new ImageFolderIndex(
                classes, part(name, "train", classes, visible), part(name, testFolder, classes, visible));
    }

    /** Entries relative to the only folder that has a train folder, if the top level has none, as in many zips. */
    private static List<Entry> inOneFolder(List<Entry> entries) {
        TreeSet<String> roots = new TreeSet<>();
        for (Entry entry : entries) {
            int train = ("/" + entry.path()).indexOf("/train/");
            if (train >= 0) {
                roots.add(entry.path().substring(0, train));
            }
        }
        String root = roots.isEmpty() ? "" : roots.first();
        if (root.isEmpty() || roots.stream().anyMatch(other -> !other.startsWith(root))) {
            return entries;
        }
        return entries.stream()
                .filter(entry -> entry.path().startsWith(root) && entry.path().length() > root.length())
                .map(entry ->
                        new Entry(entry.path().substring(root.length()), entry.size(), entry.crc32(), entry.place()))
                .toList();
    }

    /** Test, or val if test has none of train's classes: unlabelled pictures are often stored as test. */
    private static String testFolder(List<String> classes, List<Entry> entries) {
        boolean hasTest = classesOf("test", entries).stream().anyMatch(classes::contains);
        boolean hasVal = !classesOf("val", entries).isEmpty();
        return hasTest || !hasVal ? "test" : "val";
    }

    /** Names of the folders in a folder. */
    private static List<String> classesOf(String folder, List<Entry> entries) {
        TreeSet<String> classes = new TreeSet<>();
        for (Entry entry : entries) {
            String[] parts = entry.path().split("/");
            if (parts[0].equals(folder) && (parts.length > 2 || parts.length == 2 && entry.isFolder())) {
                classes.add(parts[1]);
            }
        }
        return List.copyOf(classes);
    }

    private static void requireFolders(String name, String folder, List<Entry> entries) {
        for (Entry entry : entries) {
            String[] parts = entry.path().split("/");
            if (parts[0].equals(folder) && parts.length == 2 && !entry.isFolder()) {
                throw new DataException(name + ": " + entry.path()
                        + " lies outside of the folders of classes; expected " + folder + "/CLASS/" + parts[1]);
            }
        }
    }

    private static Part part(String name, String folder, List<String> classes, List<Entry> entries) {
        Map<String, List<Entry>> filesOfClass = new TreeMap<>();
        classes.forEach(className -> filesOfClass.put(className, new ArrayList<>()));
        for (Entry entry : entries) {
            String[] parts = entry.path().split("/", 3);
            if (parts[0].equals(folder) && parts.length == 3 && !parts[2].isEmpty()) {
                requirePicture(name, entry, parts[2]);
                filesOfClass.get(parts[1]).add(entry);
            }
        }
        List<Entry> files = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (int label = 0; label < classes.size(); label++) {
            List<Entry> ofClass = filesOfClass.get(classes.get(label));
            if (ofClass.isEmpty() && folder.equals("train")) {
                throw new DataException(name + ": class train/" + classes.get(label) + " holds no pictures");
            }
            files.addAll(ofClass);
            labels.addAll(Collections.nCopies(ofClass.size(), label));
        }
        if (files.isEmpty()) {
            throw new DataException(name + ": " + folder + " holds no pictures");
        }
        return new Part(
                List.copyOf(files), labels.stream().mapToInt(Integer::intValue).toArray());
    }

    private static void requirePicture(String name, Entry entry, String file) {
        if (file.contains("/")) {
            throw new DataException(
                    name + ": " + entry.path() + " lies deeper than train/CLASS/*; expected pictures only");
        }
        String lower = file.toLowerCase(Locale.ROOT);
        if (SUFFIXES.stream().noneMatch(lower::endsWith)) {
            throw new DataException(
                    name + ": " + entry.path() + " is of an unsupported type; expected " + String.join(", ", SUFFIXES));
        }
    }
}
