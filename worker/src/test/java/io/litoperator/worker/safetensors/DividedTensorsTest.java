package io.litoperator.worker.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DividedTensorsTest {
  private static final float[] WHOLE = {0, 1, 2, 3, 4, 5, 6, 7, 8};

  @TempDir Path folder;
  private DividedTensors tensors;

  /** Elements of a tensor in files of three, none, four and two. */
  @BeforeEach
  void write() throws IOException {
    List<Path> files = new ArrayList<>();
    int start = 0;
    for (int size : new int[] {3, 0, 4, 2}) {
      Path file = folder.resolve(files.size() + ".safetensors");
      List<NamedTensor> pieces = new ArrayList<>();
      pieces.add(tensor("of file " + files.size(), 1, 2));
      if (size > 0) {
        pieces.add(tensor("divided", start, start + size));
      }
      start += size;
      try (FileChannel out =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        SafetensorsWriter.write(out, pieces);
      }
      files.add(file);
    }
    tensors = DividedTensors.open(files);
  }

  @Test
  void everyStretchIsReadAcrossFiles() {
    assertThat(tensors.elements("divided")).isEqualTo(WHOLE.length);
    for (int start = 0; start <= WHOLE.length; start++) {
      for (int end = start; end <= WHOLE.length; end++) {
        FloatBuffer read = FloatBuffer.allocate(end - start);
        tensors.read("divided", start, end, read);
        assertThat(read.array()).isEqualTo(Arrays.copyOfRange(WHOLE, start, end));
      }
    }
  }

  @Test
  void namesAreThoseOfAllFiles() {
    assertThat(tensors.names()).hasSize(5).contains("divided", "of file 3");
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> tensors.read("divided", 5, 10, FloatBuffer.allocate(5)))
        .withMessageContaining("hold 9 elements of tensor divided")
        .matches(failure -> failure.exitCode() == ExitCode.BAD_DATA);
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> tensors.read("other", 0, 1, FloatBuffer.allocate(1)))
        .withMessageContaining("hold 0 elements of tensor other");
  }

  private static NamedTensor tensor(String name, int start, int end) {
    ByteBuffer data =
        ByteBuffer.allocate((end - start) * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(Arrays.copyOfRange(WHOLE, start, end));
    return NamedTensor.of(name, DType.F32, new long[] {end - start}, data);
  }
}
