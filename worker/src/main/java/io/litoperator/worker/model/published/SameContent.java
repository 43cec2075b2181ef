package io.litoperator.worker.model.published;

import io.litoperator.worker.safetensors.NamedTensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Iterator;

/** Whether two tensors are equal, byte by byte. */
final class SameContent {
  private SameContent() {}

  static boolean test(NamedTensor a, NamedTensor b) {
    if (a.dtype() != b.dtype() || !Arrays.equals(a.shape(), b.shape())) {
      return false;
    }
    Iterator<ByteBuffer> left = a.data().iterator();
    Iterator<ByteBuffer> right = b.data().iterator();
    while (left.hasNext() && right.hasNext()) {
      if (!left.next().equals(right.next())) {
        return false;
      }
    }
    return left.hasNext() == right.hasNext();
  }
}
