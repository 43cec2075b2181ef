package io.litoperator.worker.report.html;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.Histories;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CurveTest {

  @Test
  void aPointIsTheMeanAndRangeOfItsStepsAndSeeds() {
    Curve curve =
        Curve.of("LIT", 0, List.of(losses(1, 2, 3), losses(3, 4, 5)), 2, Event.Step::loss);

    assertThat(curve.points())
        .containsExactly(new Curve.Point(2, 2.5, 1, 4), new Curve.Point(3, 4, 3, 5));
  }

  @Test
  void stepsWithoutAFiniteValueAreLeftOut() {
    List<Event.Step> steps = losses(1, Double.NaN, Double.POSITIVE_INFINITY, 4);

    assertThat(Curve.of("LIT", 0, List.of(steps), 1, Event.Step::loss).points())
        .extracting(Curve.Point::step)
        .containsExactly(1L, 4L);
    assertThat(Curve.of("LIT", 0, List.of(steps), 1, Event.Step::instructionLoss).points())
        .isEmpty();
  }

  private static List<Event.Step> losses(double... losses) {
    List<Event.Step> steps = new ArrayList<>();
    for (double loss : losses) {
      steps.add(Histories.step("finetune", steps.size() + 1, losses.length, loss));
    }
    return steps;
  }
}
