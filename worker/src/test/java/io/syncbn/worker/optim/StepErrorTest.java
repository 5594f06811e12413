package io.syncbn.worker.optim;

import static io.syncbn.worker.optim.OptimizerRun.noise;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.job.Optimization;
import io.syncbn.worker.PyTorch;
import io.syncbn.worker.nn.ParameterLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How far each step is from the one in float64, for the optimizers here and for the same in PyTorch's float32, both from the
 * same state. LARS and LAMB, which PyTorch lacks, are written there with its tensors. Nearly all of an error is that of
 * rounding the weights.
 */
class StepErrorTest {
    private static final int ROWS = 60;
    private static final int COLUMNS = 70;
    private static final int STEPS = 30;

    /** PyTorch may multiply and add with one rounding where the processor can; Java must not, for equal bits. */
    private static final double FUSED = 1.002;

    private static final String PYTORCH = """
            import statistics, sys, torch
            name, file, rows, columns = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
            sizes = [rows * columns, rows, 1]
            slots = {'adamw': ['exp_avg', 'exp_avg_sq'], 'lamb': ['exp_avg', 'exp_avg_sq']}.get(name, ['momentum_buffer'])
            numbers = torch.frombuffer(bytearray(open(file, 'rb').read()), dtype=torch.float32)
            steps = numbers.reshape(-1, len(slots) + 3, sum(sizes))
            lr, decay = 0.01, 0.05

            def own(w, g, state, t, is_weight):
                wd = decay if is_weight else 0.0
                if name == 'lars':
                    v, = state
                    ratio = 0.02 * w.norm() / (g.norm() + wd * w.norm() + 1e-8) if is_weight else 1.0
                    return w - lr * (0.9 * v + ratio * (g + wd * w))
                m, v = state
                m = 0.9 * m + 0.1 * g
                v = 0.99 * v + 0.01 * g * g
                u = m / (1 - 0.9 ** t) / ((v / (1 - 0.99 ** t)).sqrt() + 1e-6) + wd * w
                return w - lr * (w.norm() / u.norm() if is_weight else 1.0) * u

            def after(w, g, state, t, is_weight, dtype):
                w, g, state = w.to(dtype), g.to(dtype), [s.to(dtype) for s in state]
                if name in ('lars', 'lamb'):
                    return own(w, g, state, t, is_weight)
                p = torch.nn.Parameter(w.clone())
                p.grad = g
                wd = decay if is_weight else 0.0
                if name == 'sgd':
                    o = torch.optim.SGD([p], lr=lr, momentum=0.9, weight_decay=wd)
                else:
                    o = torch.optim.AdamW([p], lr=lr, betas=(0.9, 0.99), eps=1e-6, weight_decay=wd)
                    o.state[p]['step'] = torch.tensor(t - 1.0)
                o.state[p].update({n: s.clone() for n, s in zip(slots, state)})
                o.step()
                return p.detach()

            errors = {'ours': [], 'theirs': [], 'best': []}
            for t, step in enumerate(steps, 1):
                w, g, *state, ours = step
                tensors = list(zip(*[row.split(sizes) for row in step]))
                exact, theirs = (
                    torch.cat([after(w, g, state, t, i != 1, dtype) for i, (w, g, *state, _) in enumerate(tensors)])
                    for dtype in (torch.float64, torch.float32))
                for key, value in ('ours', ours), ('theirs', theirs), ('best', exact.float()):
                    error = (value.double() - exact).norm() / (exact - w.double()).norm()
                    errors[key].append(float(error))
            print(*(statistics.median(errors[key]) for key in ('ours', 'theirs', 'best')))
            """;

    @TempDir
    private Path directory;

    private static Optimization job(String optimizer) {
        return switch (optimizer) {
            case "sgd" -> OptimizerRun.job("sgd", "weight-decay", "0.05");
            case "lars" -> OptimizerRun.job("lars", "weight-decay", "0.05", "trust-coefficient", "0.02");
            default ->
                OptimizerRun.job(optimizer, "weight-decay", "0.05", "beta2", "0.99", "optimizer-epsilon", "1e-6");
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"sgd", "adamw", "lars", "lamb"})
    void isNoLargerThanPyTorchs(String optimizer) throws Exception {
        PyTorch.assumeThere();
        Random random = new Random(5);
        ParameterLayout layout = OptimizerRun.layer(ROWS, COLUMNS);
        OptimizerRun run = new OptimizerRun(job(optimizer), layout, noise(random, layout.size()));
        Path numbers = directory.resolve("numbers");
        for (int step = 0; step < STEPS; step++) {
            float[] gradient = noise(random, layout.size());
            append(numbers, run.weights);
            append(numbers, gradient);
            for (float[] slot : run.slots.arrays().values()) {
                append(numbers, slot);
            }
            run.step(0.01, gradient);
            append(numbers, run.weights);
        }
        String printed =
                PyTorch.run(directory, PYTORCH, List.of(optimizer, numbers.toString(), "" + ROWS, "" + COLUMNS));
        String[] errors = printed.strip().split(" ");
        System.out.println(optimizer + ": median error of a step " + errors[0] + ", PyTorch's " + errors[1]
                + ", of the exact step in float32 " + errors[2]);
        assertThat(Double.parseDouble(errors[0]))
                .as(printed)
                .isLessThanOrEqualTo(FUSED * Double.parseDouble(errors[1]));
    }

    private static void append(Path file, float[] numbers) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        Files.write(file, bytes.array(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
