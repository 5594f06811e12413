package io.syncbn.proto.job;

import java.util.List;

/** Settings that make no job. The message holds every problem, a line each. */
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
