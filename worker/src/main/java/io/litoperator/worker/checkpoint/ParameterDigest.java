package io.litoperator.worker.checkpoint;

import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * A fast digest of parameters, to tell whether ranks still agree. It pairs CRC-32 with CRC-32C,
 * which processors compute at the speed of memory: being different polynomials, they miss an
 * accidental difference with probability 2^-64, and a single wrong value never.
 */
public record ParameterDigest(long value) {
  /** Small enough that the second pass over it finds it in the cache. */
  private static final int CHUNK = 1 << 18;

  /** Over the buffers' remaining bytes, in order; how they are divided does not matter. */
  public static ParameterDigest of(Iterable<ByteBuffer> parameters) {
    CRC32 crc32 = new CRC32();
    CRC32C crc32c = new CRC32C();
    for (ByteBuffer buffer : parameters) {
      ByteBuffer rest = buffer.duplicate();
      while (rest.hasRemaining()) {
        ByteBuffer chunk = rest.slice(rest.position(), Math.min(CHUNK, rest.remaining()));
        crc32.update(chunk.duplicate());
        crc32c.update(chunk.duplicate());
        rest.position(rest.position() + chunk.limit());
      }
    }
    return new ParameterDigest(crc32c.getValue() << 32 | crc32.getValue());
  }

  /**
   * Compares with the other ranks; every rank calls it.
   *
   * @param when for the message, such as {@code finetune step 100}
   * @throws Failure {@code INTERNAL} on every rank, naming the first that differs from rank 0
   */
  public void requireSameOn(Collective ranks, String when) {
    byte[][] all = ranks.allGather(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    ParameterDigest first = read(all[0]);
    for (int rank = 1; rank < all.length; rank++) {
      ParameterDigest other = read(all[rank]);
      if (!other.equals(first)) {
        throw new Failure(
            ExitCode.INTERNAL,
            ("The parameters of rank %d differ from rank 0's at %s (digests %s and %s), so nothing"
                    + " was saved; start again from the last checkpoint.")
                .formatted(rank, when, other, first));
      }
    }
  }

  private static ParameterDigest read(byte[] bytes) {
    return new ParameterDigest(ByteBuffer.wrap(bytes).getLong());
  }

  @Override
  public String toString() {
    return "%016x".formatted(value);
  }
}
