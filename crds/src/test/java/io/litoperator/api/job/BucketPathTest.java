package io.litoperator.api.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BucketPathTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "s3://bucket,           bucket, '',    s3://bucket,       s3://bucket/x",
    "s3://bucket/,          bucket, '',    s3://bucket,       s3://bucket/x",
    "s3://my.bucket/a b/c/, my.bucket, a b/c, s3://my.bucket/a b/c, s3://my.bucket/a b/c/x"
  })
  void namesBucketAndKey(String source, String bucket, String key, String text, String child) {
    BucketPath path = BucketPath.parse(source).orElseThrow();

    assertThat(path).isEqualTo(new BucketPath(bucket, key)).hasToString(text);
    assertThat(path.resolve("x")).hasToString(child);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"s3://", "s3:///key", "hf://o/n", "bucket/key"})
  void othersAreNone(String source) {
    assertThat(BucketPath.parse(source)).isEmpty();
  }
}
