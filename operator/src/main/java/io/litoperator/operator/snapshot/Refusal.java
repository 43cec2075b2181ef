package io.litoperator.operator.snapshot;

import java.time.Instant;

/**
 * An answer of the API server to the wish to make a Pod, or what it needs.
 *
 * @param reason in one word
 * @param message the API server's
 * @param retryAt when to ask again
 */
public record Refusal(String reason, String message, Instant retryAt) {}
