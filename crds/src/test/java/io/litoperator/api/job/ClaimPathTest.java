package io.litoperator.api.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaimPathTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "pvc://claim, claim, ''",
    "pvc://claim/, claim, ''",
    "pvc://claim/a b/c, claim, a b/c",
    "pvc://my.claim//a, my.claim, a",
  })
  void reads(String source, String claim, String path) {
    assertThat(ClaimPath.parse(source)).contains(new ClaimPath(claim, path));
  }

  @Test
  void leavesOtherSourcesAlone() {
    assertThat(ClaimPath.parse("s3://bucket/key")).isEmpty();
    assertThat(ClaimPath.parse("model/llava")).isEmpty();
  }
}
