package io.litoperator.operator.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @Test
  void letsABurstThroughAndThenTheRate() {
    TokenBucket bucket = new TokenBucket(2, 0.5, 0);

    assertThat(bucket.tryTake(0)).isTrue();
    assertThat(bucket.tryTake(0)).isTrue();
    assertThat(bucket.tryTake(0)).isFalse();
    assertThat(bucket.untilNext(0)).isEqualTo(Duration.ofSeconds(2));
    assertThat(bucket.tryTake(2 * SECOND)).isTrue();
    assertThat(bucket.tryTake(2 * SECOND)).isFalse();
  }

  @Test
  void holdsNoMoreThanABurstHoweverLongItRests() {
    TokenBucket bucket = new TokenBucket(1, 1, 0);

    assertThat(bucket.tryTake(100 * SECOND)).isTrue();
    assertThat(bucket.tryTake(100 * SECOND)).isFalse();
  }
}
