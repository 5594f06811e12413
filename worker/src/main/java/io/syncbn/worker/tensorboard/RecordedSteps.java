package io.syncbn.worker.tensorboard;

import io.syncbn.proto.tensorboard.Event;
import io.syncbn.proto.tensorboard.SessionLog.SessionStatus;
import io.syncbn.proto.tensorboard.Summary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The last steps in a directory's event files, as readers see them: without what a later file has replaced. */
final class RecordedSteps {
    private long trained;
    private long evaluated;

    static RecordedSteps in(List<Path> files) throws IOException {
        RecordedSteps steps = new RecordedSteps();
        for (Path file : files) {
            EventRecords.read(file, steps::add);
        }
        return steps;
    }

    private void add(Event event) {
        if (event.getSessionLog().getStatus() == SessionStatus.START) {
            trained = Math.min(trained, event.getStep() - 1);
            evaluated = Math.min(evaluated, event.getStep() - 1);
        }
        for (Summary.Value value : event.getSummary().getValueList()) {
            if (value.getTag().equals(Scalars.TRAIN_LOSS)) {
                trained = event.getStep();
            } else if (value.getTag().equals(Scalars.TEST_ACCURACY)) {
                evaluated = event.getStep();
            }
        }
    }

    /** The last training step; 0 without one. */
    long trained() {
        return trained;
    }

    /** The last step after which there is an evaluation; 0 without one. */
    long evaluated() {
        return evaluated;
    }
}
