package io.syncbn.deploy.settings;

/** Whole numbers from the least to the most, both included. */
public record Range(int least, int most) {

    @Override
    public String toString() {
        return least == most ? Integer.toString(least) : least + ":" + most;
    }
}
