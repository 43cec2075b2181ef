package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.checkpoint.Checkpoint;
import io.litoperator.worker.interchange.Folders;
import io.litoperator.worker.safetensors.Weights;
import java.io.IOException;
import java.nio.file.Path;

/** Compares what runs end with. */
final class Same {
  private Same() {}

  /** Weights, moments, state and side files, bit for bit. */
  static void checkpoints(Path actual, Path expected) throws IOException {
    assertThat(Folders.names(actual)).isEqualTo(Folders.names(expected)).isNotEmpty();
    for (String name : Folders.names(expected)) {
      assertThat(actual.resolve(name)).hasSameBinaryContentAs(expected.resolve(name));
    }
  }

  /** Relative L2 distance of all weights of two verified checkpoints. */
  static double distance(Path actual, Path expected) {
    Weights ours = Checkpoint.open(actual).model();
    Weights theirs = Checkpoint.open(expected).model();
    double difference = 0;
    double norm = 0;
    for (String name : theirs.names()) {
      float[] a = ours.floats(name);
      float[] b = theirs.floats(name);
      for (int i = 0; i < b.length; i++) {
        difference += Math.pow(a[i] - b[i], 2);
        norm += Math.pow(b[i], 2);
      }
    }
    return Math.sqrt(difference / norm);
  }
}
