package dev.embeddedbroker.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PersistentMapTest {

    @Test
    void itHoldsWhatASortedMapHoldsAndOldVersionsStay() {
        var random = new Random(3);
        var map = PersistentMap.<Integer, String>empty();
        var model = new TreeMap<Integer, String>();
        for (int i = 0; i < 20_000; i++) {
            int key = random.nextInt(500);
            var before = map;
            var held = before.get(key);
            if (random.nextInt(3) == 0) {
                map = map.without(key);
                model.remove(key);
            } else {
                map = map.with(key, "v" + i);
                model.put(key, "v" + i);
            }
            assertThat(before.get(key)).isEqualTo(held);
            assertThat(map.size()).isEqualTo(model.size());
            if (i % 500 == 0) {
                assertThat(map.keys()).containsExactlyElementsOf(model.keySet());
                assertThat(map.values()).containsExactlyElementsOf(model.values());
                int first = random.nextInt(500);
                assertThat(map.valuesFrom(first))
                        .containsExactlyElementsOf(model.tailMap(first).values());
            }
        }
    }

    @Test
    void manyAscendingKeysStayCheap() {
        var map = PersistentMap.<Integer, Integer>empty();
        for (int i = 0; i < 200_000; i++) map = map.with(i, i);
        assertThat(map.size()).isEqualTo(200_000);
        assertThat(map.get(123_456)).isEqualTo(123_456);
        assertThat(map.valuesFrom(199_998)).containsExactly(199_998, 199_999);
    }
}
