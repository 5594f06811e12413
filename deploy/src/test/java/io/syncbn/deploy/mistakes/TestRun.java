package io.syncbn.deploy.mistakes;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.platform.engine.CancellationToken;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.LauncherExecutionRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherExecutionRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs tests with the classes of a loader, up to the first that fails. */
final class TestRun implements TestExecutionListener {
    /** Far above what tests take; a mistake that makes them wait for ever must not keep the build. */
    private static final int TIMEOUT_SECONDS = 300;

    /** For each of many. */
    private static final int SECONDS_A_TEST = 5;

    private final CancellationToken cancellation = CancellationToken.create();
    private final List<String> passed = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();
    private final List<Throwable> causes = new ArrayList<>();

    private TestRun() {}

    /**
     * What came of it.
     *
     * @param passed tests that did
     * @param failed tests and containers of tests that did not
     * @param causes one for each of these
     */
    record Result(List<String> passed, List<String> failed, List<Throwable> causes) {}

    /** @param tests as CLASS or CLASS#METHOD, without {@code io.syncbn.} */
    static Result of(ProjectClasses.Loader classes, List<String> tests) throws Exception {
        FutureTask<Result> run = new FutureTask<>(() -> new TestRun().run(classes, tests));
        Thread thread = new Thread(run, "tests");
        thread.setContextClassLoader(classes);
        thread.setDaemon(true);
        thread.start();
        int seconds = Math.max(TIMEOUT_SECONDS, tests.size() * SECONDS_A_TEST);
        try {
            return run.get(seconds, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(tests + " did not end within " + seconds + " s", e);
        } catch (ExecutionException e) {
            throw new AssertionError(tests + " could not be run: " + e.getCause(), e);
        }
    }

    private Result run(ProjectClasses.Loader classes, List<String> tests) throws ClassNotFoundException {
        List<DiscoverySelector> selectors = new ArrayList<>();
        for (String test : tests) {
            selectors.add(selector(classes, test));
        }
        LauncherExecutionRequest request = LauncherExecutionRequestBuilder.request(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectors)
                                .build())
                .listeners(this)
                .cancellationToken(cancellation)
                .build();
        LauncherFactory.create().execute(request);
        return new Result(passed, failed, causes);
    }

    private static DiscoverySelector selector(ProjectClasses.Loader classes, String test)
            throws ClassNotFoundException {
        String[] classAndMethod = test.split("#");
        Class<?> type = Class.forName("io.syncbn." + classAndMethod[0], true, classes);
        if (classAndMethod.length == 1) {
            return selectClass(type);
        }
        Method method = Arrays.stream(type.getDeclaredMethods())
                .filter(each -> each.getName().equals(classAndMethod[1]))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no test " + test));
        return selectMethod(type, method);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == Status.FAILED) {
            failed.add(test.getDisplayName());
            causes.add(result.getThrowable().orElseThrow());
            cancellation.cancel();
        } else if (test.isTest() && result.getStatus() == Status.SUCCESSFUL) {
            passed.add(test.getDisplayName());
        }
    }
}
