package io.syncbn.deploy.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultListTest {
    private static final String ALL = """
            at step 40: kill worker-2
            at step 41: stop worker-1
            at step 60: continue worker-1
            after 1.5 s: pause worker-0 for 300 ms
            after 12 s: cut worker-1 down for 3 s
            at step 70: delay worker-10 by 20 ms for 5 s
            at step 71: throttle worker-3 up to 200 KB/s for 2.5 s
            at step 80: corrupt worker-0 up
            at step 90: drop worker-0
            at step 0: fill the disk of coordinator for 2 s
            at step 91: kill coordinator
            at step 91: kill all
            at step 92: add worker-4
            at step 93: drain worker-4
            """;

    private final List<String> problems = new ArrayList<>();

    @Test
    void everyFaultReadsAsItIsWritten() {
        List<Fault> faults = parse(ALL);
        assertThat(problems).isEmpty();
        assertThat(faults.stream().map(fault -> fault + "\n").collect(Collectors.joining()))
                .isEqualTo(ALL);
        assertThat(faults.stream().map(Fault::verb).distinct()).containsExactlyInAnyOrder(FaultKind.values());
    }

    @Test
    void aLineSaysWhatWhomWhenHowMuchAndHowLong() {
        assertThat(parse("at step 71: throttle worker-3 up to 200 KB/s for 2.5 s"))
                .containsExactly(new Fault(
                        Trigger.atStep(71), FaultKind.THROTTLE, "worker-3", LinkDirection.UP, 200_000, 2_500));
        assertThat(parse("after 1.5s:delay worker-3 by 20ms for 1 s"))
                .containsExactly(new Fault(
                        Trigger.afterMillis(1_500), FaultKind.DELAY, "worker-3", LinkDirection.BOTH, 20, 1_000));
    }

    @Test
    void commentsAndSpaceAreForPeople() {
        assertThat(parse("\n  # first\n  at  step 4:\tkill   worker-0 # gone\n\n"))
                .containsExactly(new Fault(Trigger.atStep(4), FaultKind.KILL, "worker-0", LinkDirection.BOTH, 0, 0));
    }

    @Test
    void everythingThatIsWrongIsToldWithItsLine() {
        parse("""
                at step 4: kill worker-0
                kill worker-0
                at step x: kill worker-0
                at step 4: murder worker-0
                # fine
                at step 4: kill
                at step 4: kill worker-0 for 3 s
                at step 4: cut coordinator for 3 s
                at step 4: stop all
                at step 4: cut worker-1
                at step 4: delay worker-1 for 3 s
                at step 4: throttle worker-1 to 0 KB/s for 3 s
                at step 4: pause worker-1 up for 3 s
                after 3: kill worker-0
                """);
        assertThat(problems)
                .containsExactly(
                        "list:2: 'kill worker-0'; expected at step N: …, or after 12 s: …",
                        "list:3: 'at step x: kill worker-0'; expected at step N: …, or after 12 s: …",
                        "list:4: 'murder worker-0'; expected one of: kill, stop, continue, pause, cut, delay, throttle,"
                                + " corrupt, drop, fill the disk of, add, drain",
                        "list:6: 'kill'; expected kill worker-N|coordinator|all",
                        "list:7: 'kill worker-0 for 3 s'; expected kill worker-N|coordinator|all",
                        "list:8: 'cut coordinator for 3 s'; expected cut worker-N [up|down] for 3 s",
                        "list:9: 'stop all'; expected stop worker-N|coordinator",
                        "list:10: 'cut worker-1'; expected cut worker-N [up|down] for 3 s",
                        "list:11: 'delay worker-1 for 3 s'; expected delay worker-N [up|down] by 20 ms for 3 s",
                        "list:12: 'throttle worker-1 to 0 KB/s for 3 s';"
                                + " expected throttle worker-N [up|down] to 200 KB/s for 3 s",
                        "list:13: 'pause worker-1 up for 3 s'; expected pause worker-N|coordinator for 3 s",
                        "list:14: 'after 3: kill worker-0'; expected at step N: …, or after 12 s: …");
    }

    @Test
    void aFileThatIsNotThereIsAProblem() {
        assertThat(FaultList.read(Path.of("nowhere.txt"), problems)).isEmpty();
        assertThat(problems).containsExactly("the list of faults nowhere.txt does not exist");
    }

    @Test
    void aListWithoutFaultsIsAProblem(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("list.txt"), "# none yet\n");
        assertThat(FaultList.read(file, problems)).isEmpty();
        assertThat(problems).containsExactly("the list of faults " + file + " is empty");
    }

    private List<Fault> parse(String text) {
        return FaultList.parse("list", text, problems);
    }
}
