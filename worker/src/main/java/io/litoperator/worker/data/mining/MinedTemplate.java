package io.litoperator.worker.data.mining;

/**
 * A sentence that recurs.
 *
 * @param occurrences in all that humans say
 */
public record MinedTemplate(String text, long occurrences) {}
