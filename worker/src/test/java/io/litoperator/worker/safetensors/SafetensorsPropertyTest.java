package io.litoperator.worker.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class SafetensorsPropertyTest {

  @Property(tries = 300)
  void whatIsWrittenIsRead(@ForAll("models") List<NamedTensor> model) {
    withFile(
        bytes(model),
        file -> {
          Safetensors read = Safetensors.open(file);
          assertThat(read.names())
              .containsExactlyInAnyOrderElementsOf(model.stream().map(NamedTensor::name).toList());
          for (NamedTensor tensor : model) {
            assertThat(read.info(tensor.name()).dtype()).isEqualTo(tensor.dtype());
            assertThat(read.info(tensor.name()).shape()).isEqualTo(tensor.shape());
            assertThat(read.data(tensor.name())).isEqualTo(tensor.data().iterator().next());
          }
        });
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void orderDoesNotMatter(@ForAll("models") List<NamedTensor> model, @ForAll Random random) {
    List<NamedTensor> shuffled = new ArrayList<>(model);
    Collections.shuffle(shuffled, random);

    assertThat(bytes(shuffled)).isEqualTo(bytes(model));
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void everyElementIsAligned(@ForAll("models") List<NamedTensor> model) {
    withFile(
        bytes(model),
        file -> {
          Safetensors read = Safetensors.open(file);
          for (String name : read.names()) {
            TensorInfo info = read.info(name);
            assertThat(info.offset() % info.dtype().bytes()).isZero();
          }
        });
  }

  /** A damaged header is refused, or it still describes a file that can be read throughout. */
  @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
  void aChangedHeaderByteNeverGoesUnnoticedOrAstray(
      @ForAll("models") List<NamedTensor> model,
      @ForAll @IntRange(max = Integer.MAX_VALUE) int where,
      @ForAll byte value) {
    byte[] bytes = bytes(model);
    int end = 8 + (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    bytes[where % end] = value;
    withFile(
        bytes,
        file -> {
          Safetensors read;
          try {
            read = Safetensors.open(file);
          } catch (Failure failure) {
            assertThat(failure.exitCode()).isEqualTo(ExitCode.BAD_DATA);
            assertThat(failure.getMessage()).contains(file.toString());
            return;
          }
          long total = 0;
          for (String name : read.names()) {
            assertThat(read.data(name).remaining())
                .isEqualTo((int) read.info(name).dtype().bytes(read.info(name).shape()));
            total += read.info(name).length();
          }
          assertThat(total).isLessThanOrEqualTo(bytes.length - 8L);
        });
  }

  @Example
  void refusesToWriteDataOfAnotherSizeThanTheShapes() {
    NamedTensor tensor = NamedTensor.of("a", DType.F32, new long[] {2}, ByteBuffer.allocate(4));

    assertThatIllegalArgumentException().isThrownBy(() -> bytes(List.of(tensor)));
  }

  @Example
  void refusesToWriteANameTwice() {
    NamedTensor tensor = NamedTensor.of("a", DType.U8, new long[] {4}, ByteBuffer.allocate(4));

    assertThatIllegalArgumentException().isThrownBy(() -> bytes(List.of(tensor, tensor)));
  }

  @Provide
  Arbitrary<List<NamedTensor>> models() {
    Arbitrary<String> names =
        Arbitraries.strings().ofMinLength(1).ofMaxLength(6).filter(n -> !hasLoneSurrogate(n));
    Arbitrary<long[]> shapes = Arbitraries.longs().between(0, 4).array(long[].class).ofMaxSize(3);
    Arbitrary<NamedTensor> tensors =
        Combinators.combine(names, Arbitraries.of(DType.class), shapes, Arbitraries.longs())
            .as(SafetensorsPropertyTest::tensor);
    return tensors.list().ofMaxSize(5).uniqueElements(NamedTensor::name);
  }

  private static boolean hasLoneSurrogate(String name) {
    return name.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= 0xdfff);
  }

  private static NamedTensor tensor(String name, DType dtype, long[] shape, long seed) {
    byte[] data = new byte[(int) dtype.bytes(shape)];
    new Random(seed).nextBytes(data);
    return NamedTensor.of(name, dtype, shape, ByteBuffer.wrap(data));
  }

  private static byte[] bytes(List<NamedTensor> tensors) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      SafetensorsWriter.write(Channels.newChannel(bytes), tensors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void withFile(byte[] bytes, Consumer<Path> test) {
    try {
      Path file = Files.createTempFile("property", ".safetensors");
      try {
        Files.write(file, bytes);
        test.accept(file);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
