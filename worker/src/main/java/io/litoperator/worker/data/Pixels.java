package io.litoperator.worker.data;

/**
 * A normalised picture, channel first: (3, height, width).
 *
 * @param values of length {@code 3 · height · width}
 */
public record Pixels(int height, int width, float[] values) {}
