package io.litoperator.worker.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureFilesTest {
  private static final byte[] FEATURES = {1, 2, 3, 4, 5, 6, 7};

  @TempDir Path folder;
  private final List<String> notices = new ArrayList<>();

  @Test
  void givesBackWhatWasKept() {
    write("tower", "abc");

    assertThat(read(files("tower"), "abc", FEATURES.length)).isEqualTo(FEATURES);
    assertThat(notices).isEmpty();
  }

  @Test
  void anotherTowersAnotherPicturesAndAnotherSizesAreNotThere() {
    write("tower", "abc");

    assertThat(read(files("other"), "abc", FEATURES.length)).isNull();
    assertThat(read(files("tower"), "abd", FEATURES.length)).isNull();
    assertThat(read(files("tower"), "abc", FEATURES.length - 1)).isNull();
    assertThat(notices).isEmpty();
  }

  @Test
  void damageInAnyByteIsFoundAndMended() throws IOException {
    write("tower", "abc");
    Path file = onlyFile();
    byte[] whole = Files.readAllBytes(file);
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 1;
      Files.write(file, damaged);
      assertThat(read(files("tower"), "abc", FEATURES.length)).as("byte %d", i).isNull();
    }
    Files.write(file, new byte[whole.length]);
    assertThat(read(files("tower"), "abc", FEATURES.length)).as("zeros").isNull();

    write("tower", "abc");
    assertThat(read(files("tower"), "abc", FEATURES.length)).isEqualTo(FEATURES);
  }

  @Test
  void manyMayWriteTheSame() throws IOException {
    IntStream.range(0, 64).parallel().forEach(i -> write("tower", "abc"));

    assertThat(read(files("tower"), "abc", FEATURES.length)).isEqualTo(FEATURES);
    assertThat(onlyFile()).exists();
  }

  @Test
  void aFolderThatCannotBeWrittenToIsToldOnce() throws IOException {
    Files.writeString(folder.resolve("tower"), "a file in the folder's place");
    try (FeatureFiles files = files("tower")) {
      files.write("abc", ByteBuffer.wrap(FEATURES));
      files.write("abd", ByteBuffer.wrap(FEATURES));
    }

    assertThat(notices).singleElement().asString().contains("cannot be written", "tower");
  }

  /** The disk is as slow as can be: it only goes on when the caller has. */
  @Test
  void whoeverWritesDoesNotWaitForTheDisk() throws IOException {
    Files.writeString(folder.resolve("tower"), "a file in the folder's place");
    CountDownLatch goneOn = new CountDownLatch(1);
    try (FeatureFiles files = new FeatureFiles(folder, "tower", notice -> await(goneOn))) {
      files.write("abc", ByteBuffer.wrap(FEATURES));
      files.write("abd", ByteBuffer.wrap(FEATURES));
      goneOn.countDown();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What is written is a copy, of the moment of the call. */
  @Test
  void memoryMayBeUsedAgainAtOnce() {
    ByteBuffer memory = ByteBuffer.allocateDirect(FEATURES.length).put(FEATURES).flip();
    try (FeatureFiles files = files("tower")) {
      for (int i = 0; i < 100; i++) {
        files.write("abc" + i, memory.put(0, FEATURES));
        memory.put(0, new byte[FEATURES.length]);
      }
    }

    for (int i = 0; i < 100; i++) {
      assertThat(read(files("tower"), "abc" + i, FEATURES.length)).isEqualTo(FEATURES);
    }
  }

  private void write(String tower, String picture) {
    try (FeatureFiles files = files(tower)) {
      files.write(picture, ByteBuffer.wrap(FEATURES));
    }
  }

  private FeatureFiles files(String tower) {
    return new FeatureFiles(folder, tower, notices::add);
  }

  private Path onlyFile() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> regular = files.filter(Files::isRegularFile).toList();
      assertThat(regular).hasSize(1);
      return regular.get(0);
    }
  }

  private static byte[] read(FeatureFiles files, String picture, int size) {
    ByteBuffer into = ByteBuffer.allocate(size);
    return files.read(picture, into) ? into.array() : null;
  }
}
