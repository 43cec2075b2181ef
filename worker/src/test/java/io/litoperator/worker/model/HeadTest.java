package io.litoperator.worker.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadTest {
  /** As many rows as there is room for, whatever the vocabulary. */
  @ParameterizedTest(name = "cuda {0}, vocabulary {1}")
  @CsvSource({
    "true, 32064, 2092",
    "true, 49152, 1365",
    "true, 151936, 441",
    "true, 67108864, 1",
    "true, 100000000, 1",
    "false, 32064, 253",
    "false, 151936, 53",
    "false, 8126464, 1"
  })
  void logitsOfRowsAtOnceFill256MiBAtMost(boolean cuda, int vocabulary, int rows) {
    assertThat(Head.rowsAtOnce(cuda, vocabulary)).isEqualTo(rows);
    long row = 4L * vocabulary;
    long most = (cuda ? 256L : 31L) << 20;
    assertThat((rows + 1) * row).isGreaterThan(most);
    if (rows > 1) {
      assertThat(rows * row).isLessThanOrEqualTo(most);
    }
  }
}
