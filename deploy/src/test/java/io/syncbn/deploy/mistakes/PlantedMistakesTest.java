package io.syncbn.deploy.mistakes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Proof that the tests notice mistakes: each one of {@code planted-mistakes.txt} is planted in the code, and the tests
 * that are named beside it must fail. A test that cannot fail proves nothing, and published tests of synchronized batch
 * normalization could not: with a loss of Σy or Σy² the gradient by the input is 0 whatever the code does.
 */
@DisabledIfSystemProperty(
        named = "transcripts.rewrite",
        matches = "true",
        disabledReason = "what comes out of a mistake must not become the golden transcript")
class PlantedMistakesTest {
    private static final ProjectClasses CLASSES = ProjectClasses.ofThisProject();

    @TempDir
    Path directory;

    static List<Mistake> mistakes() {
        return Mistake.all();
    }

    /** Far more seeds than a mistake needs; all of them are run by the simulation's own test. */
    @BeforeAll
    static void simulateLess() {
        System.setProperty("simulation.seeds", "300");
    }

    @AfterAll
    static void simulateAsEver() {
        System.clearProperty("simulation.seeds");
    }

    @BeforeAll
    static void modulesAreBuilt() {
        assumeThat(CLASSES.areThere())
                .as("all modules are compiled with their tests, as mvn verify does")
                .isTrue();
    }

    @Test
    void withoutAMistakeTheTestsPass() throws Exception {
        List<String> tests = mistakes().stream()
                .flatMap(mistake -> mistake.caughtBy().stream())
                .distinct()
                .toList();
        try (ProjectClasses.Loader classes = CLASSES.unchanged()) {
            TestRun.Result result = TestRun.of(classes, tests);
            assertThat(result.causes()).as("why %s failed", result.failed()).isEmpty();
            assertThat(result.passed()).hasSizeGreaterThanOrEqualTo(tests.size());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void aMistakeIsNoticed(Mistake mistake) throws Exception {
        try (ProjectClasses.Loader classes = CLASSES.with(mistake, directory)) {
            TestRun.Result result = TestRun.of(classes, mistake.caughtBy());
            assertThat(result.failed())
                    .as("tests that notice '%s'; %s passed", mistake, result.passed())
                    .isNotEmpty();
            assertThat(result.causes())
                    .as("what '%s' makes fail: an assertion, nothing else", mistake)
                    .hasOnlyElementsOfType(AssertionError.class);
        }
    }
}
