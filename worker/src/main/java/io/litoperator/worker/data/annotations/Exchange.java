package io.litoperator.worker.data.annotations;

/** What the human says, maybe with {@code <image>} in it, and what the model answers. */
public record Exchange(String question, String answer) {}
