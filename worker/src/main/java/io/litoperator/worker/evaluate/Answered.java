package io.litoperator.worker.evaluate;

/**
 * A question and what the model said.
 *
 * @param prediction the generated text, without special tokens
 */
public record Answered(Question question, String prediction) {}
