package io.syncbn.proto.job;

import java.util.List;

/** Settings from which no job can be made. The message lists every problem, one per line. */
public final class JobException extends RuntimeException {
    private final transient List<String> problems;

    public JobException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
