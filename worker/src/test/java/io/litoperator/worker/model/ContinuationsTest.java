package io.litoperator.worker.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ContinuationsTest {
  private static final int STOP = 2;

  private static Continuations of(int newTokens, long... ends) {
    return new Continuations(ends, new Inference.Limits(newTokens, Set.of(STOP), false));
  }

  @Test
  void sequencesEndAtAStopWhichIsNotPartOfThem() {
    Continuations made = of(9, 5, 7, 6);

    made.add(new long[] {10, STOP, 12});
    assertThat(made.places()).containsExactly(5, 7, 6);
    assertThat(made.finished()).isFalse();
    assertThat(made.withoutEnded()).isEmpty();

    made.add(new long[] {STOP, 11, 13});
    assertThat(made.withoutEnded()).hasValueSatisfying(r -> assertThat(r).containsExactly(2));
    assertThat(made.newest()).containsExactly(13);
    assertThat(made.places()).containsExactly(7);

    made.add(new long[] {STOP});
    assertThat(made.finished()).isTrue();
    assertThat(made.all())
        .usingRecursiveComparison()
        .isEqualTo(List.of(new int[] {10}, new int[0], new int[] {12, 13}));
  }

  @Test
  void allEndAtTheLimit() {
    Continuations made = of(2, 5);

    made.add(new long[] {10});
    assertThat(made.finished()).isFalse();
    made.add(new long[] {11});
    assertThat(made.finished()).isTrue();
    assertThat(made.all().get(0)).containsExactly(10, 11);
  }
}
