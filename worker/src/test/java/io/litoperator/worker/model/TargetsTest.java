package io.litoperator.worker.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetsTest {
  private static final Pixels PICTURE = new Pixels(1, 1, new float[3]);

  @Test
  void aRowsTargetIsTheTokenAfterIt() {
    Sample seen =
        new Sample(
            "seen",
            new int[] {7, Sample.IMAGE, 8, 9},
            new Fate[] {Fate.MASKED, Fate.MASKED, Fate.INSTRUCTION, Fate.ANSWER},
            List.of(PICTURE));
    Sample read =
        new Sample("read", new int[] {5, 6}, new Fate[] {Fate.ANSWER, Fate.ANSWER}, List.of());
    Targets targets = Targets.of(List.of(seen, read), picture -> 3);
    assertThat(targets.rows()).containsExactly(3, 4, 6);
    assertThat(targets.ids()).containsExactly(8, 9, 6);
    assertThat(targets.answer()).containsExactly(false, true, true);
  }

  @Test
  void aSequencesFirstTokenIsNeverATarget() {
    Sample sample = new Sample("one", new int[] {5}, new Fate[] {Fate.ANSWER}, List.of());
    assertThat(Targets.of(List.of(sample), picture -> 3).count()).isZero();
  }
}
