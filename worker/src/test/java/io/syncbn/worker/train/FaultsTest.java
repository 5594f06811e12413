package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.worker.collective.JobFailedException;
import io.syncbn.worker.data.DataException;
import io.syncbn.worker.kernels.KernelsException;
import io.syncbn.worker.nn.ModelException;
import io.syncbn.worker.session.Fault;
import io.syncbn.worker.session.WorkerFaultException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultsTest {

    @Test
    void whatEveryWorkerWouldMeetIsTheJobs() {
        for (RuntimeException thrown : List.of(
                new TrainingException("step 3: the loss is NaN"),
                new DataException("train/cat/1.jpg: corrupt picture", new IOException("no marker")),
                new ModelException("no layer"),
                new JobFailedException("worker-0: NaN"))) {
            Fault fault = Faults.of(thrown);
            assertThat(fault.isOfThisWorker()).as("%s", thrown).isFalse();
            assertThat(fault.reason()).isEqualTo(thrown.getMessage());
            assertThat(Faults.toEndWith(thrown)).isSameAs(thrown);
        }
    }

    /** Before it has joined, so that the next one would do no better. */
    @Test
    void nativeLibrariesThatCannotBeHadAreWrongWithWhatItWasGiven() {
        KernelsException thrown = new KernelsException("there is no place to unpack native libraries to");
        assertThat(Faults.toEndWith(thrown)).isSameAs(thrown);
    }

    @Test
    void memoryLinkageDisksAndMistakesAreTheWorkers() {
        for (Throwable thrown : List.of(
                new OutOfMemoryError("Java heap space"),
                new NoClassDefFoundError("gone/Missing"),
                new StackOverflowError(),
                new UncheckedIOException(new IOException("Input/output error")),
                new NullPointerException(),
                new IllegalStateException("a mistake"))) {
            Fault fault = Faults.of(thrown);
            assertThat(fault).isEqualTo(new Fault(true, thrown.getClass().getName(), thrown.toString()));
            assertThat(Faults.toEndWith(thrown))
                    .isInstanceOf(WorkerFaultException.class)
                    .hasMessage(thrown.toString())
                    .hasCause(thrown);
        }
    }

    @Test
    void aDiskThatFailsUnderwayIsTheWorkersInWords() {
        Fault fault = Faults.of(new TrainingException("cannot write run: full", new IOException("full")));
        assertThat(fault).isEqualTo(new Fault(true, "java.io.IOException", "cannot write run: full"));
    }
}
