package io.litoperator.worker.s3;

import java.time.Instant;

/**
 * An object of a bucket.
 *
 * @param key whole, from the bucket's root
 * @param size in bytes
 */
public record StoredObject(String key, long size, Instant modified) {}
