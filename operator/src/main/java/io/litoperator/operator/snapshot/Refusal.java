package io.litoperator.operator.snapshot;

import io.litoperator.api.job.Problem;
import java.time.Instant;
import java.util.Optional;

/**
 * An answer of the API server to the wish to make a Pod, or what it needs.
 *
 * @param reason in one word
 * @param message the API server's
 * @param fault what of the job no API server takes; empty where the cluster may be at fault, which
 *     can change
 * @param retryAt when to ask again
 */
public record Refusal(String reason, String message, Optional<Problem> fault, Instant retryAt) {}
