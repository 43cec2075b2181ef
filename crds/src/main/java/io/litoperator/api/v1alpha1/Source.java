package io.litoperator.api.v1alpha1;

/** How jobs name the places that models and data come from. */
final class Source {
  /**
   * {@code hf://owner/name} or {@code hf://datasets/owner/name}, optionally {@code @revision} and
   * {@code /path}; {@code s3://bucket/key}; {@code pvc://claim/path}; or a path without a colon,
   * relative to the job file.
   */
  static final String PATTERN =
      "^(hf://(datasets/)?[A-Za-z0-9._-]+/[A-Za-z0-9._-]+(@[A-Za-z0-9._%/-]+)?(/[^:@]*)?"
          + "|s3://[a-z0-9.-]+(/[^:]*)?"
          + "|pvc://[a-z0-9.-]+(/[^:]*)?|[^:]+)$";

  /** Those that a process can write to as to its own: {@code pvc://claim/path}, or a path. */
  static final String MOUNTED = "^(pvc://[a-z0-9.-]+(/[^:]*)?|[^:]+)$";

  /** Longest source; bounds the cost of the CEL rules that compare them. */
  static final int MAX = 1024;

  private Source() {}
}
