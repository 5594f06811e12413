package io.syncbn.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class WarmingKernelsTest {
    private static final int ROWS = 64;
    private static final int CHANNELS = 16;

    private final Set<String> warmed = ConcurrentHashMap.newKeySet();
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final float[] x = new float[ROWS * CHANNELS];

    @Test
    void callsGoToThePlainTwinUntilEveryVectorKernelIsWarm() throws InterruptedException {
        ChannelKernels plain =
                kernels((proxy, method, arguments) -> method.getName().equals("allFinite") ? false : null);
        ChannelKernels kernels = new WarmingKernels(plain, slowToWarm());
        for (int call = 0; call < 3 * WarmingKernels.CALLS; call++) {
            assertThat(kernels.allFinite(x, x.length)).as("call %d", call).isFalse();
        }
        goOn.countDown();
        while (!kernels.allFinite(x, x.length)) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        assertThat(warmed)
                .isEqualTo(Arrays.stream(ChannelKernels.class.getMethods())
                        .filter(method -> !Modifier.isStatic(method.getModifiers()))
                        .map(Method::getName)
                        .collect(Collectors.toSet()));
    }

    @Test
    void bitsAreTheSameBeforeAndAfter() {
        ChannelKernels plain = new PlainKernels();
        CountDownLatch changed = new CountDownLatch(1);
        ChannelKernels kernels = new WarmingKernels(plain, kernels((proxy, method, arguments) -> {
            if (!Thread.currentThread().getName().equals("warm-up")) {
                changed.countDown();
            }
            return method.invoke(new SimdKernels(), arguments);
        }));
        for (int call = 0; changed.getCount() > 0; call++) {
            x[call % x.length] = call * 0.37f - 20;
            assertThat(moments(kernels)).containsExactly(moments(plain));
        }
    }

    /** Kernels that answer true, and note who was called; the first call lasts until it may go on. */
    private ChannelKernels slowToWarm() {
        return kernels((proxy, method, arguments) -> {
            goOn.await();
            warmed.add(method.getName());
            return switch (method.getName()) {
                case "allFinite" -> true;
                case "squaredNorm" -> 0.0;
                default -> null;
            };
        });
    }

    private double[] moments(ChannelKernels kernels) {
        double[] sums = new double[2 * CHANNELS];
        double[] squares = new double[CHANNELS];
        kernels.moments(x, new Rows(0, ROWS, CHANNELS), sums, squares);
        System.arraycopy(squares, 0, sums, CHANNELS, CHANNELS);
        return sums;
    }

    private static ChannelKernels kernels(InvocationHandler handler) {
        return (ChannelKernels) Proxy.newProxyInstance(
                ChannelKernels.class.getClassLoader(), new Class<?>[] {ChannelKernels.class}, handler);
    }
}
