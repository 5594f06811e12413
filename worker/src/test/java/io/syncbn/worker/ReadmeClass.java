package io.syncbn.worker;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/** A class as README shows it, compiled: while this is open, a job finds it as it finds classes of a jar of the user's. */
public final class ReadmeClass implements AutoCloseable {
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    private final Thread thread = Thread.currentThread();
    private final ClassLoader before = thread.getContextClassLoader();
    private final URLClassLoader loader;

    /** @param directory for the compiled class */
    public ReadmeClass(String name, Path directory) throws IOException {
        Path source = Files.writeString(directory.resolve(name + ".java"), source(name));
        int errors = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-Xlint:all,-path",
                        "-Werror",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-proc:none",
                        "-d",
                        directory.toString(),
                        source.toString());
        if (errors != 0) {
            throw new AssertionError("README's class " + name + " does not compile");
        }
        loader = new URLClassLoader(new URL[] {directory.toUri().toURL()}, before);
        thread.setContextClassLoader(loader);
    }

    private static String source(String name) throws IOException {
        return JAVA.matcher(Files.readString(Path.of("..", "README.md")))
                .results()
                .map((MatchResult block) -> block.group(1))
                .filter(code -> code.contains("class " + name + " "))
                .findFirst()
                .orElseThrow(() -> new AssertionError("README shows no class " + name));
    }

    @Override
    public void close() throws IOException {
        thread.setContextClassLoader(before);
        loader.close();
    }
}
