package io.litoperator.worker.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.Fixtures;
import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.model.ModelDescription;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SyntheticBatchTest {
  private static final Path MODEL = Fixtures.root().resolve("models").resolve("llava-1.5");
  private static final ModelConfig CONFIG = ModelDescription.ofModel(MODEL).config();

  @Test
  void samplesAreAPictureAndThenTextWhoseEndIsSupervised() {
    List<Sample> batch = SyntheticBatch.of(new BatchShape(2, 64, true, 0.25), CONFIG, 1);
    assertThat(batch).extracting(s -> s.tokens().length).containsExactly(1 + 8, 1 + 120);
    assertThat(batch).extracting(Sample::supervisedTokens).containsExactly(2, 30);
    for (Sample sample : batch) {
      int last = sample.fates().length - 1;
      assertThat(sample.tokens()[0]).isEqualTo(Sample.IMAGE);
      assertThat(Arrays.stream(sample.tokens()).skip(1))
          .allMatch(id -> id >= 1 && id < CONFIG.text().vocabularySize());
      assertThat(sample.fates()[last]).isEqualTo(Fate.ANSWER);
      assertThat(sample.fates()[last - sample.supervisedTokens()]).isEqualTo(Fate.MASKED);
      assertThat(sample.pictures()).hasSize(1);
    }
  }

  @Test
  void sameSeedSameBatch() {
    BatchShape shape = new BatchShape(2, 16, false, 0.5);
    int[] tokens = SyntheticBatch.of(shape, CONFIG, 1).get(0).tokens();
    assertThat(SyntheticBatch.of(shape, CONFIG, 1).get(0).tokens()).isEqualTo(tokens);
    assertThat(SyntheticBatch.of(shape, CONFIG, 2).get(0).tokens()).isNotEqualTo(tokens);
  }
}
