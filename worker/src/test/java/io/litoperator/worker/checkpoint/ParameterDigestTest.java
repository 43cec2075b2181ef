package io.litoperator.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.distributed.Collectives;
import io.litoperator.worker.failure.Failure;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class ParameterDigestTest {

  /** The check values of CRC-32C and CRC-32 in the catalogue of parametrised CRC algorithms. */
  @Example
  void pairsTheTwoStandardChecks() {
    ByteBuffer check = ByteBuffer.wrap("123456789".getBytes(StandardCharsets.US_ASCII));

    assertThat(ParameterDigest.of(List.of(check))).hasToString("e3069283cbf43926");
    assertThat(check.position()).isZero();
  }

  @Property(tries = 200)
  void noticesAnyChangedByte(
      @ForAll @Size(min = 1, max = 200) byte[] bytes,
      @ForAll @IntRange(max = 199) int where,
      @ForAll @IntRange(min = 1, max = 255) int change) {
    byte[] changed = bytes.clone();
    changed[where % bytes.length] ^= (byte) change;

    assertThat(digest(changed)).isNotEqualTo(digest(bytes));
  }

  @Example
  void divisionIntoBuffersDoesNotMatter() {
    byte[] bytes = new byte[700_001];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31 >> 3);
    }
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();

    assertThat(
            ParameterDigest.of(
                List.of(direct.slice(0, 300_000), direct.slice(300_000, bytes.length - 300_000))))
        .isEqualTo(digest(bytes));
    assertThat(digest(bytes)).isNotEqualTo(digest(Arrays.copyOf(bytes, bytes.length - 1)));
  }

  @Example
  void ranksThatAgreeGoOn() {
    ParameterDigest digest = digest(new byte[] {1});

    assertThatCode(() -> digest.requireSameOn(new Alone(), "step 1")).doesNotThrowAnyException();
    assertThatCode(() -> digest.requireSameOn(ranks(digest, digest), "step 1"))
        .doesNotThrowAnyException();
  }

  @Example
  void aRankThatDiffersIsNamed() {
    ParameterDigest digest = digest(new byte[] {1});
    Collective ranks = ranks(digest, digest, digest(new byte[] {2}));

    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> digest.requireSameOn(ranks, "finetune step 9"))
        .withMessageStartingWith(
            "The parameters of rank 2 differ from rank 0's at finetune step 9");
  }

  private static ParameterDigest digest(byte[] bytes) {
    return ParameterDigest.of(List.of(ByteBuffer.wrap(bytes)));
  }

  /** Ranks that have these digests; only gathering works. */
  private static Collective ranks(ParameterDigest... digests) {
    byte[][] gathered =
        Arrays.stream(digests)
            .map(digest -> ByteBuffer.allocate(8).putLong(digest.value()).array())
            .toArray(byte[][]::new);
    return Collectives.intercepting(
        new Alone(),
        call -> {
          if (call.name().equals("allGather")) {
            return gathered;
          }
          throw new UnsupportedOperationException(call.name());
        });
  }
}
