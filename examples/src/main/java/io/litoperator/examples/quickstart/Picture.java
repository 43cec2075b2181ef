package io.litoperator.examples.quickstart;

/**
 * A picture to paint.
 *
 * @param path relative to the data's folder, as samples and questions name it
 * @param seed of the painter's randomness
 */
record Picture(String path, Scene scene, long seed) {}
