package io.syncbn.worker.kernels;

/**
 * Some rows of a matrix that lies row by row in an array: of all arrays that a kernel is given together.
 *
 * @param first of the rows
 * @param count of rows; may be 0
 * @param channels numbers in a row
 */
public record Rows(int first, int count, int channels) {

    /** Where they begin in the array. */
    int start() {
        return first * channels;
    }
}
