package io.litoperator.worker.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.data.Sample;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PackedTest {
  private static final int[] SEEN = {7, Sample.IMAGE, 8};
  private static final int[] READ = {5, 6};

  @Test
  void picturesTakeTheirRowsWhereTheyStand() {
    Packed packed = Packed.of(List.of(SEEN, READ, SEEN), 3);
    assertThat(packed.rows()).isEqualTo(12);
    assertThat(packed.textIds()).containsExactly(7, 8, 5, 6, 7, 8);
    assertThat(packed.textRows()).containsExactly(0, 4, 5, 6, 7, 11);
    assertThat(packed.imageRows()).containsExactly(1, 2, 3, 8, 9, 10);
    assertThat(packed.positions()).containsExactly(0, 1, 2, 3, 4, 0, 1, 0, 1, 2, 3, 4);
    assertThat(packed.runs()).containsExactly(1, 5, 1, 2, 1, 5);
  }

  @Test
  void equallyLongNeighboursMakeOneRun() {
    assertThat(Packed.of(List.of(SEEN, SEEN, READ), 1).runs()).containsExactly(2, 3, 1, 2);
    assertThat(Packed.of(List.of(), 4).runs()).isEmpty();
  }

  @Property
  void everyRowIsATokensOrAPicturesExactlyOnce(
      @ForAll("sequences") List<int[]> sequences, @ForAll @IntRange(min = 1, max = 5) int rows) {
    Packed packed = Packed.of(sequences, rows);
    List<Long> all = new ArrayList<>();
    for (long row : packed.textRows()) {
      all.add(row);
    }
    for (long row : packed.imageRows()) {
      all.add(row);
    }
    assertThat(all).doesNotHaveDuplicates().hasSize(packed.rows());
    assertThat(packed.positions()).hasSize(packed.rows());
    long inRuns = 0;
    for (int i = 0; i < packed.runs().length; i += 2) {
      inRuns += packed.runs()[i] * packed.runs()[i + 1];
    }
    assertThat(inRuns).isEqualTo(packed.rows());
  }

  @Provide
  Arbitrary<List<int[]>> sequences() {
    Arbitrary<Integer> token =
        Arbitraries.frequencyOf(
            Tuple.of(9, Arbitraries.integers().between(0, 99)),
            Tuple.of(1, Arbitraries.just(Sample.IMAGE)));
    return token.array(int[].class).ofMinSize(1).ofMaxSize(12).list().ofMaxSize(6);
  }
}
