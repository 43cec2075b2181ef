package io.litoperator.worker.data;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What is known of a picture before a frozen vision tower sees it.
 *
 * @param key by which what the tower makes of it is kept
 * @param content what the tower makes of it, in the model's number format; absent if it is not kept
 *     yet
 */
public record KeptFeatures(String key, Optional<ByteBuffer> content) {}
