package io.litoperator.worker.report.html;

/**
 * An embedded picture.
 *
 * @param data a {@code data:} URI; empty if the file could not be read
 * @param alt what is shown or read out in its place
 * @param width in pixels; 0 if the file could not be read
 */
record Picture(String data, String alt, int width, int height) {}
