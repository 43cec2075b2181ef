package io.litoperator.worker.hub;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A file of a repository at some commit.
 *
 * @param path within the repository
 * @param size in bytes
 * @param digest names the content: its SHA-256 if it is a large file, else Git's SHA-1 of it; in
 *     lower-case hexadecimal, and the name of the cache's blob
 * @param large whether it is kept outside of Git (LFS)
 */
record HubFile(String path, long size, String digest, boolean large) {

  /** As an entry of the hub's list of a tree says it. */
  static HubFile of(JsonNode entry) {
    JsonNode large = entry.path("lfs");
    return large.isObject()
        ? new HubFile(
            entry.path("path").asText(),
            large.path("size").asLong(),
            large.path("oid").asText(),
            true)
        : new HubFile(
            entry.path("path").asText(),
            entry.path("size").asLong(),
            entry.path("oid").asText(),
            false);
  }

  /** The last part of the path. */
  String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** A digest that was fed with what precedes the content. */
  MessageDigest startDigest() {
    try {
      MessageDigest started = MessageDigest.getInstance(large ? "SHA-256" : "SHA-1");
      if (!large) {
        started.update(("blob " + size + "\0").getBytes(StandardCharsets.US_ASCII));
      }
      return started;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1 and SHA-256", e);
    }
  }
}
