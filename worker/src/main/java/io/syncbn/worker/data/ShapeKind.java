package io.syncbn.worker.data;

/** The classes of the built-in data, as sets of points that fit into the unit circle. The order is that of labels. */
enum ShapeKind {
    /** A filled circle of radius 0.85. */
    DISC {
        @Override
        boolean contains(double x, double y) {
            return x * x + y * y <= 0.85 * 0.85;
        }
    },
    /** A circle of radius 0.95 with a round hole of radius 0.55. */
    RING {
        @Override
        boolean contains(double x, double y) {
            double r2 = x * x + y * y;
            return r2 <= 0.95 * 0.95 && r2 >= 0.55 * 0.55;
        }
    },
    /** A filled square with sides of 1.4. */
    SQUARE {
        @Override
        boolean contains(double x, double y) {
            return Math.max(Math.abs(x), Math.abs(y)) <= 0.7;
        }
    },
    /** A square with sides of 1.4 and a square hole with sides of 0.76. */
    FRAME {
        @Override
        boolean contains(double x, double y) {
            double distance = Math.max(Math.abs(x), Math.abs(y));
            return distance <= 0.7 && distance >= 0.38;
        }
    },
    /** An equilateral triangle with its corners on the unit circle. */
    TRIANGLE {
        @Override
        boolean contains(double x, double y) {
            return y >= -0.5 && y <= 1 - SQRT_3 * Math.abs(x);
        }
    },
    /** A five-pointed star with its points on the unit circle: whatever is on the inner side of 4 of its 5 lines. */
    STAR {
        @Override
        boolean contains(double x, double y) {
            int inside = 0;
            for (int line = 0; line < 5; line++) {
                inside += x * COS_72[line] + y * SIN_72[line] <= COS_72[1] ? 1 : 0;
            }
            return inside >= 4;
        }
    },
    /** A plus sign with arms 0.56 wide. */
    CROSS {
        @Override
        boolean contains(double x, double y) {
            double near = Math.min(Math.abs(x), Math.abs(y));
            double far = Math.max(Math.abs(x), Math.abs(y));
            return near <= 0.28 && far <= 0.95;
        }
    },
    /** A moon: a circle of radius 0.95 without the one of radius 0.75 whose centre lies 0.45 aside. */
    CRESCENT {
        @Override
        boolean contains(double x, double y) {
            return x * x + y * y <= 0.95 * 0.95 && (x - 0.45) * (x - 0.45) + y * y >= 0.75 * 0.75;
        }
    },
    /** A strip of 1.9 × 0.5. */
    BAR {
        @Override
        boolean contains(double x, double y) {
            return Math.abs(x) <= 0.95 && Math.abs(y) <= 0.25;
        }
    },
    /** Two discs of radius 0.42, with a gap of 0.24 between them. */
    PAIR {
        @Override
        boolean contains(double x, double y) {
            double aside = Math.abs(x) - 0.54;
            return aside * aside + y * y <= 0.42 * 0.42;
        }
    };

    private static final double SQRT_3 = Math.sqrt(3);
    private static final double[] COS_72 = new double[5];
    private static final double[] SIN_72 = new double[5];

    static {
        for (int line = 0; line < 5; line++) {
            COS_72[line] = StrictMath.cos(2 * Math.PI * line / 5);
            SIN_72[line] = StrictMath.sin(2 * Math.PI * line / 5);
        }
    }

    abstract boolean contains(double x, double y);
}
