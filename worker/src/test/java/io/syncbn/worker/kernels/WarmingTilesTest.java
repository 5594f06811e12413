package io.syncbn.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class WarmingTilesTest {
    private final Set<String> plainCalls = ConcurrentHashMap.newKeySet();
    private final AtomicLong vectorCalls = new AtomicLong();
    private final AtomicLong allocated = new AtomicLong();
    private final float[] numbers = new float[Tiles.GROUP * Tiles.PANEL];
    private final int[] places = new int[Tiles.GROUP];

    private void callAll(Tiles tiles) {
        tiles.taps(numbers, places, 0, 1, numbers, 0, Tiles.BLOCK, numbers, places, 0, 0, Tiles.GROUP);
        tiles.outer(numbers, places, 0, 1, numbers, 0, 1, numbers, 0, Tiles.BLOCK);
    }

    @Test
    void callsGoToThePlainTwinUntilARoundOfVectorsMakesNoObject() throws InterruptedException {
        CountDownLatch compiled = new CountDownLatch(1);
        Tiles plain = tiles((proxy, method, arguments) -> {
            plainCalls.add(method.getName());
            return null;
        });
        Tiles vectors = tiles((proxy, method, arguments) -> {
            vectorCalls.incrementAndGet();
            if (compiled.getCount() > 0) {
                allocated.incrementAndGet();
            }
            return null;
        });
        Tiles warming = new WarmingTiles(plain, vectors, new WarmUp(allocated::get));
        callAll(warming);
        assertThat(plainCalls).containsExactlyInAnyOrder("taps", "outer");
        while (vectorCalls.get() < 100) {
            TimeUnit.MILLISECONDS.sleep(1);
            plainCalls.clear();
            callAll(warming);
            assertThat(plainCalls).containsExactlyInAnyOrder("taps", "outer");
        }
        compiled.countDown();
        do {
            TimeUnit.MILLISECONDS.sleep(1);
            plainCalls.clear();
            callAll(warming);
        } while (!plainCalls.isEmpty());
    }

    /** The vector tiles of this JVM come to that. */
    @Test
    void vectorTilesAreCompiled() throws InterruptedException {
        Tiles plain = tiles((proxy, method, arguments) -> {
            plainCalls.add(method.getName());
            return null;
        });
        Tiles warming = new WarmingTiles(plain, new VectorTiles(), WarmUp.ofThisJvm());
        do {
            TimeUnit.MILLISECONDS.sleep(10);
            plainCalls.clear();
            callAll(warming);
        } while (!plainCalls.isEmpty());
    }

    private static Tiles tiles(InvocationHandler handler) {
        return (Tiles) Proxy.newProxyInstance(Tiles.class.getClassLoader(), new Class<?>[] {Tiles.class}, handler);
    }
}
