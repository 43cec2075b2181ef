package io.litoperator.worker.evaluate.judge;

import io.litoperator.worker.evaluate.Answered;

/**
 * What a judge said of an answer.
 *
 * @param text as the judge wrote it
 */
public record Judgement(Answered pair, String text) {}
