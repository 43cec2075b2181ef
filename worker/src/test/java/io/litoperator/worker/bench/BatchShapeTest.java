package io.litoperator.worker.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Expected lengths are those that the peer's script makes of the same options. */
class BatchShapeTest {
  @Test
  void uniformSequencesAreAllOfTheGivenLength() {
    BatchShape shape = new BatchShape(3, 128, false, 0.25);
    assertThat(shape.lengths()).containsExactly(128, 128, 128);
    assertThat(shape.tokens(256)).isEqualTo(3 * (256 + 128));
  }

  @Test
  void mixedLengthsSpreadFromAnEighthToFifteenEighths() {
    assertThat(new BatchShape(4, 128, true, 0.25).lengths()).isEqualTo(List.of(16, 90, 165, 240));
  }

  @Test
  void aSingleMixedSequenceIsTheShortest() {
    assertThat(new BatchShape(1, 128, true, 0.25).lengths()).containsExactly(16);
  }

  @Test
  void noSequenceIsShorterThanEightTokens() {
    assertThat(new BatchShape(2, 16, true, 0.25).lengths()).containsExactly(8, 30);
  }

  @Test
  void supervisesAShareOfTheTextButAtLeastOneToken() {
    assertThat(new BatchShape(1, 128, false, 0.25).supervised(90)).isEqualTo(22);
    assertThat(new BatchShape(1, 128, false, 0.01).supervised(8)).isEqualTo(1);
    assertThat(new BatchShape(1, 128, false, 1).supervised(128)).isEqualTo(128);
  }
}
