package io.litoperator.api.job;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An object, or all objects below a prefix, of a bucket that speaks S3: {@code s3://bucket/key}.
 *
 * @param key without slashes at its ends; empty for the whole bucket
 */
public record BucketPath(String bucket, String key) {
  public static final String SCHEME = "s3://";

  private static final Pattern FORM = Pattern.compile("s3://([^/]+)/*(.*?)/*", Pattern.DOTALL);

  /** Empty for a source of another form. */
  public static Optional<BucketPath> parse(String source) {
    Matcher matcher = FORM.matcher(source);
    return matcher.matches()
        ? Optional.of(new BucketPath(matcher.group(1), matcher.group(2)))
        : Optional.empty();
  }

  public BucketPath resolve(String name) {
    return new BucketPath(bucket, key.isEmpty() ? name : key + "/" + name);
  }

  /** {@code s3://bucket/key}. */
  @Override
  public String toString() {
    return SCHEME + bucket + (key.isEmpty() ? "" : "/" + key);
  }
}
