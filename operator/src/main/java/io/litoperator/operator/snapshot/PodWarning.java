package io.litoperator.operator.snapshot;

import java.time.Instant;

/**
 * What a kubelet or a controller has complained of about a Pod.
 *
 * @param podUid of the Pod
 * @param reason in one word
 * @param note in its own words
 * @param at when it last did
 */
public record PodWarning(String podUid, String reason, String note, Instant at) {}
