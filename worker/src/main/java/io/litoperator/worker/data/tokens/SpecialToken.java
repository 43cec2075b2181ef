package io.litoperator.worker.data.tokens;

/** A token that a tokenizer's configuration gives a role, such as the end of sequence. */
public record SpecialToken(String text, int id) {}
