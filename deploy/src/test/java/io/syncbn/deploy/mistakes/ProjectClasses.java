package io.syncbn.deploy.mistakes;

import java.io.IOException;
import java.io.StringWriter;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The project's classes and tests as Maven has built them, and the means to change one file of them. Every mistake gets a
 * class loader of its own; libraries, ND4J's natives among them, are loaded once.
 *
 * @param root of the project
 */
record ProjectClasses(Path root) {
    private static final List<String> MODULES = List.of("proto", "coordinator", "worker", "deploy");
    private static final String PACKAGE = "io.syncbn.";

    /** Tests run in their module's directory. */
    static ProjectClasses ofThisProject() {
        return new ProjectClasses(Path.of("").toAbsolutePath().getParent());
    }

    boolean areThere() {
        return MODULES.stream().allMatch(module -> Files.isDirectory(root.resolve(module + "/target/test-classes")));
    }

    Loader unchanged() {
        return new Loader(urls(List.of()));
    }

    /** @param directory empty; receives the changed file and its classes */
    Loader with(Mistake mistake, Path directory) throws IOException {
        String module = mistake.in().substring(0, mistake.in().indexOf('.'));
        String file = (PACKAGE + mistake.in()).replace('.', '/') + ".java";
        String source =
                Files.readString(root.resolve(module).resolve("src/main/java").resolve(file));
        Path changed = directory.resolve(file);
        Files.createDirectories(changed.getParent());
        Files.writeString(changed, mistake.plantIn(source));
        compile(mistake, changed, directory);
        return new Loader(urls(List.of(directory)));
    }

    private void compile(Mistake mistake, Path source, Path directory) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> classPath = new ArrayList<>();
        MODULES.forEach(
                module -> classPath.add(root.resolve(module + "/target/classes").toString()));
        classPath.add(System.getProperty("java.class.path"));
        List<String> options = List.of(
                "-d",
                directory.toString(),
                "-cp",
                String.join(System.getProperty("path.separator"), classPath),
                "--add-modules",
                "jdk.incubator.vector",
                "-proc:none",
                "-nowarn");
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(messages, files, null, options, null, files.getJavaFileObjects(source))
                    .call();
            if (!compiled) {
                throw new AssertionError("planted-mistakes.txt, '" + mistake + "' does not compile: " + messages);
            }
        }
    }

    private URL[] urls(List<Path> first) {
        List<Path> directories = new ArrayList<>(first);
        for (String module : MODULES) {
            directories.add(root.resolve(module + "/target/classes"));
            directories.add(root.resolve(module + "/target/test-classes"));
        }
        return directories.stream().map(ProjectClasses::url).toArray(URL[]::new);
    }

    private static URL url(Path directory) {
        try {
            return directory.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException("a directory has a URL", e);
        }
    }

    /** Takes the project's classes from its own directories, all others from the loader of this class. */
    static final class Loader extends URLClassLoader {
        private Loader(URL[] directories) {
            super(directories, Loader.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(PACKAGE)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : findClass(name);
            }
        }
    }
}
