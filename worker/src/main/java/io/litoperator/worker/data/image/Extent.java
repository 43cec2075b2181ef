package io.litoperator.worker.data.image;

/** Width and height in pixels. */
record Extent(int width, int height) {}
