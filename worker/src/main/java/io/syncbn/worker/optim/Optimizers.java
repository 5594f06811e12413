package io.syncbn.worker.optim;

import io.syncbn.proto.DidYouMean;
import io.syncbn.proto.job.Hyperparameters;
import io.syncbn.proto.job.JobException;
import io.syncbn.proto.job.Optimization;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Optimizers by name. */
public final class Optimizers {
    private static final Map<String, Function<Hyperparameters, Optimizer>> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("sgd", Sgd::new);
        BY_NAME.put("adamw", AdamW::new);
        BY_NAME.put("lars", Lars::new);
        BY_NAME.put("lamb", Lamb::new);
    }

    private Optimizers() {}

    public static Set<String> names() {
        return Collections.unmodifiableSet(BY_NAME.keySet());
    }

    /**
     * The optimizer of a job, with what the job has it keep beside.
     *
     * @throws JobException if there is none of that name
     */
    public static Optimizer of(Optimization job) {
        Optimizer optimizer = of(job.optimizer());
        return job.emaDecay() > 0 ? new WeightAverage(optimizer, job.emaDecay()) : optimizer;
    }

    /** @throws JobException if there is none of that name */
    public static Optimizer of(Hyperparameters hyperparameters) {
        String name = hyperparameters.optimizer();
        Function<Hyperparameters, Optimizer> optimizer = BY_NAME.get(name);
        if (optimizer == null) {
            throw new JobException(List.of("--optimizer is '" + name + "'; expected "
                    + String.join(", ", BY_NAME.keySet()) + DidYouMean.hint(name, BY_NAME.keySet())));
        }
        return optimizer.apply(hyperparameters);
    }
}
