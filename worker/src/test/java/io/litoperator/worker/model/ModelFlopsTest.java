package io.litoperator.worker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.litoperator.worker.plan.ModelPart;
import java.util.EnumSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFlopsTest {
  /** Matrices of a layer: queries, keys, values, output, and two or three of the MLP. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({"llava-1.5, 3", "siglip-qwen2, 3", "clip-phi, 2"})
  void countsTwoForEachWeightOfAMatrixAndRow(String name, int inner) {
    ModelConfig config = ModelFixture.open(name).description().config();
    TextConfig text = config.text();
    double query = text.heads() * text.headSize();
    double keyValue = text.keyValueHeads() * text.headSize();
    double matrices =
        text.layers()
            * text.hiddenSize()
            * (2 * query + 2 * keyValue + inner * text.intermediateSize());
    double attention = 2.0 * text.layers() * (7 * 7 + 5 * 5) * query;
    double head = 2.0 * 3 * text.vocabularySize() * text.hiddenSize();
    ModelFlops flops = new ModelFlops(config, EnumSet.of(ModelPart.LANGUAGE_MODEL));
    assertThat(flops.of(new int[] {7, 5}, 3, 0))
        .isCloseTo(3 * (2 * 12 * matrices + attention + head), within(1e-3));
  }
}
