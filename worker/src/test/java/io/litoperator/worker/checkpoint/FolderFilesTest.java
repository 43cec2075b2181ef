package io.litoperator.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.interchange.Folders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderFilesTest {
  private static final String FILE = "attempt.json";
  private static final byte[] OLD = bytes("old");
  private static final byte[] NEW = bytes("new content");

  @TempDir Path folder;
  private FolderFiles roomy;

  @BeforeEach
  void makeFile() throws IOException {
    roomy = new FolderFiles(folder, new LocalDisk());
    roomy.write(FILE, OLD);
  }

  @Test
  void aFullDiskKeepsWhatIsThereAndIsLeftNothingUnfinished() throws IOException {
    for (int room = 0; room < NEW.length; room++) {
      FolderFiles full = new FolderFiles(folder, FailingDisk.fullAfter(room));

      assertFull(() -> full.write(FILE, NEW));
      assertFull(() -> full.replace(FILE, Optional.of(OLD), NEW));
      assertFull(() -> full.create("other.json", NEW));
      assertThat(roomy.read(FILE)).contains(OLD);
      assertThat(Folders.names(folder)).containsOnly(FILE, "." + FILE + ".lock");
    }
  }

  @Test
  void nothingElseIsLeftWhereThereIsRoom() throws IOException {
    roomy.write(FILE, NEW);
    assertThat(roomy.replace(FILE, Optional.of(NEW), OLD)).isTrue();
    assertThat(roomy.create(FILE, NEW)).isFalse();
    assertThat(roomy.create("other.json", NEW)).isTrue();

    assertThat(roomy.read(FILE)).contains(OLD);
    assertThat(roomy.read("other.json")).contains(NEW);
    assertThat(Folders.names(folder))
        .containsExactlyInAnyOrder(FILE, "." + FILE + ".lock", "other.json");
  }

  private interface Writing {
    void run() throws IOException;
  }

  private static void assertFull(Writing writing) {
    assertThatThrownBy(writing::run)
        .isInstanceOf(IOException.class)
        .hasMessage("No space left on device");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
