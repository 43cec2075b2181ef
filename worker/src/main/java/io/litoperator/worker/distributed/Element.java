package io.litoperator.worker.distributed;

import io.litoperator.worker.torch.DType;
import java.nio.ByteBuffer;

/** The types of values that travel, and how they are added. */
enum Element {
  FLOAT32("fp32", Float.BYTES) {
    @Override
    void add(ByteBuffer sum, ByteBuffer summand, Scratch scratch, int count) {
      float[] ours = scratch.ourFloats;
      float[] theirs = scratch.theirFloats;
      sum.asFloatBuffer().get(0, ours, 0, count);
      summand.asFloatBuffer().get(0, theirs, 0, count);
      for (int i = 0; i < count; i++) {
        ours[i] += theirs[i];
      }
      sum.asFloatBuffer().put(0, ours, 0, count);
    }
  },

  /** Added in fp32 and rounded to the nearest, to even in the middle. */
  BFLOAT16("bf16", Short.BYTES) {
    @Override
    void add(ByteBuffer sum, ByteBuffer summand, Scratch scratch, int count) {
      short[] ours = scratch.ourShorts;
      short[] theirs = scratch.theirShorts;
      sum.asShortBuffer().get(0, ours, 0, count);
      summand.asShortBuffer().get(0, theirs, 0, count);
      for (int i = 0; i < count; i++) {
        ours[i] = rounded(widened(ours[i]) + widened(theirs[i]));
      }
      sum.asShortBuffer().put(0, ours, 0, count);
    }
  };

  static final Element[] ALL = values();

  /** Bytes of values in a frame, which stay in a core's second-level cache. */
  static final int CHUNK_BYTES = 1 << 18;

  private final String label;
  private final int bytes;

  Element(String label, int bytes) {
    this.label = label;
    this.bytes = bytes;
  }

  static Element of(DType type) {
    return switch (type) {
      case FLOAT32 -> FLOAT32;
      case BFLOAT16 -> BFLOAT16;
      default -> throw new IllegalArgumentException("ranks do not exchange values of " + type);
    };
  }

  String label() {
    return label;
  }

  int bytes() {
    return bytes;
  }

  /** Values of one frame, at most. */
  int chunk() {
    return CHUNK_BYTES / bytes;
  }

  /**
   * Adds {@code count} values; positions are not moved, and both buffers begin at 0. Goes through
   * plain arrays, whose loops the compiler turns into vector instructions.
   */
  abstract void add(ByteBuffer sum, ByteBuffer summand, Scratch scratch, int count);

  private static float widened(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  private static short rounded(float value) {
    int bits = Float.floatToRawIntBits(value);
    int nearest = (bits + 0x7fff + (bits >>> 16 & 1)) >>> 16;
    return (short) (Float.isNaN(value) ? bits >>> 16 | 0x40 : nearest);
  }

  /** Arrays for the sums of one thread, so that a chunk allocates next to nothing. */
  static final class Scratch {
    private final float[] ourFloats = new float[CHUNK_BYTES / Float.BYTES];
    private final float[] theirFloats = new float[CHUNK_BYTES / Float.BYTES];
    private final short[] ourShorts = new short[CHUNK_BYTES / Short.BYTES];
    private final short[] theirShorts = new short[CHUNK_BYTES / Short.BYTES];
  }
}
