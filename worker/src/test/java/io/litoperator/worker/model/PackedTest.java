package io.litoperator.worker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

class PackedTest {
  private static final Sample SEEN = sample(List.of(3), 7, Sample.IMAGE, 8);
  private static final Sample READ = sample(List.of(), 5, 6);
  private static final Sample COMPARED = sample(List.of(2, 1), Sample.IMAGE, Sample.IMAGE, 9);

  /**
   * @param sizes rows that each picture is to take
   */
  private static Sample sample(List<Integer> sizes, int... tokens) {
    return new Sample(
        "sample",
        tokens,
        new Fate[tokens.length],
        sizes.stream().map(size -> new Pixels(1, size, new float[3 * size])).toList());
  }

  private static Packed pack(Sample... samples) {
    return Packed.of(List.of(samples), Pixels::width);
  }

  @Test
  void picturesTakeTheirRowsWhereTheyStand() {
    Packed packed = pack(SEEN, READ, SEEN);
    assertThat(packed.rows()).isEqualTo(12);
    assertThat(packed.textIds()).containsExactly(7, 8, 5, 6, 7, 8);
    assertThat(packed.textRows()).containsExactly(0, 4, 5, 6, 7, 11);
    assertThat(packed.imageRows()).containsExactly(1, 2, 3, 8, 9, 10);
    assertThat(packed.positions()).containsExactly(0, 1, 2, 3, 4, 0, 1, 0, 1, 2, 3, 4);
    assertThat(packed.runs()).containsExactly(1, 5, 1, 2, 1, 5);
  }

  @Test
  void everyPictureHasALengthOfItsOwn() {
    Packed packed = pack(COMPARED, SEEN, READ);
    assertThat(packed.imageRows()).containsExactly(0, 1, 2, 5, 6, 7);
    assertThat(packed.textRows()).containsExactly(3, 4, 8, 9, 10);
    assertThat(packed.runs()).containsExactly(1, 4, 1, 5, 1, 2);
  }

  @Test
  void equallyLongNeighboursMakeOneRun() {
    assertThat(pack(SEEN, SEEN, READ).runs()).containsExactly(2, 5, 1, 2);
    assertThat(pack().runs()).isEmpty();
  }

  @Test
  void aPictureOfAnotherSizeIsRefused() {
    Pixels wide = new Pixels(2, 3, new float[3 * 2 * 3]);

    assertThatThrownBy(() -> Packed.pixels(List.of(wide), 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a picture of 3×2 for a tower of 2×2");
  }

  @Property
  void everyRowIsATokensOrAPicturesExactlyOnce(@ForAll("samples") List<Sample> samples) {
    Packed packed = Packed.of(samples, Pixels::width);
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
  Arbitrary<List<Sample>> samples() {
    Arbitrary<Integer> token =
        Arbitraries.frequencyOf(
            Tuple.of(9, Arbitraries.integers().between(0, 99)),
            Tuple.of(2, Arbitraries.just(Sample.IMAGE)));
    return token
        .array(int[].class)
        .ofMinSize(1)
        .ofMaxSize(12)
        .map(
            tokens ->
                sample(
                    IntStream.range(0, Sample.placeholders(tokens))
                        .mapToObj(i -> i % 3 + 1)
                        .toList(),
                    tokens))
        .list()
        .ofMaxSize(6);
  }
}
