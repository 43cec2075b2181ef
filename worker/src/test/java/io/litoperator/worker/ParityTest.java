package io.litoperator.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** The table in the documentation has every quantity, its tolerance, and what is equal. */
class ParityTest {
  @ParameterizedTest
  @EnumSource
  void theTableHasEveryQuantityWithItsTolerance(Parity parity) throws IOException {
    assertThat(Files.readAllLines(ParityReport.DOCS))
        .filteredOn(
            line ->
                line.startsWith(
                    "| %s | %s | %s | "
                        .formatted(
                            parity.quantity,
                            parity.measure.label,
                            ParityReport.number(parity.tolerance))))
        .as("write it by -Dlit.parity=write")
        .hasSize(1);
  }

  static final List<ParityReport.Exact> EXACT = ParityReport.EXACT;

  @ParameterizedTest
  @FieldSource("EXACT")
  void theTableHasWhatIsEqual(ParityReport.Exact exact) throws Exception {
    assertThat(Class.forName("io.litoperator.worker." + exact.test())).isNotNull();
    assertThat(Files.readString(ParityReport.DOCS))
        .contains("| %s | %s | `%s` |".formatted(exact.fixtures(), exact.what(), exact.test()));
  }

  @Test
  void anErrorAboveItsToleranceFails() {
    Parity loss = Parity.LOSS;
    assertThatThrownBy(() -> loss.check("none", "a", loss.tolerance * 1.01))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> loss.check("none", "a", Double.NaN))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(
            () -> Parity.GRADIENT.check("none", "a", new float[] {1, 2}, new float[] {1, 2.1f}))
        .isInstanceOf(AssertionError.class);
    assertThat(loss.worst()).doesNotContainKey("none");
  }
}
