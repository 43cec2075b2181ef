package io.litoperator.worker.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ChunkTest {
  @Test
  void chunksAreFilledInOrder() {
    assertThat(Chunk.of(new long[] {4, 6, 1, 30, 2, 8}, 10))
        .containsExactly(new Chunk(0, 2), new Chunk(2, 3), new Chunk(3, 4), new Chunk(4, 6));
    assertThat(Chunk.of(new long[0], 10)).isEmpty();
  }

  @Property
  void everyItemIsInOneChunkAndNoChunkOfSeveralIsTooLarge(
      @ForAll List<@LongRange(min = 1, max = 50) Long> rows,
      @ForAll @IntRange(min = 1, max = 100) int most) {
    long[] lengths = rows.stream().mapToLong(l -> l).toArray();
    int next = 0;
    for (Chunk chunk : Chunk.of(lengths, most)) {
      assertThat(chunk.from()).isEqualTo(next);
      assertThat(chunk.to()).isGreaterThan(next);
      if (chunk.to() - chunk.from() > 1) {
        assertThat(Arrays.stream(lengths, chunk.from(), chunk.to()).sum())
            .isLessThanOrEqualTo(most);
      }
      next = chunk.to();
    }
    assertThat(next).isEqualTo(lengths.length);
  }
}
