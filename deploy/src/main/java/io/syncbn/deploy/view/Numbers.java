package io.syncbn.deploy.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers of the page's data: as many digits as can be seen. */
final class Numbers {
    private static final MathContext DIGITS = new MathContext(6);

    private Numbers() {}

    /** What is no number becomes null, which JSON has. */
    static void put(ArrayNode array, double... values) {
        for (double value : values) {
            if (!Double.isFinite(value)) {
                array.addNull();
            } else if (value == Math.rint(value) && Math.abs(value) < 1e6) {
                array.add((long) value);
            } else {
                array.add(new BigDecimal(value).round(DIGITS).doubleValue());
            }
        }
    }
}
