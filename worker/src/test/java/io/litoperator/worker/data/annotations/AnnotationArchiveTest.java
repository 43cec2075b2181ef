package io.litoperator.worker.data.annotations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.data.image.StoredPicture;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnnotationArchiveTest {
  @TempDir Path folder;

  /** Members are given as name and content in turn. */
  private static Path write(Path file, String... members) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (int i = 0; i < members.length; i += 2) {
        byte[] content = members[i + 1].getBytes(UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(members[i]);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    }
    return file;
  }

  private static String json(String question, String more) {
    return """
    {"conversations": [{"from": "human", "value": "%s"}, {"from": "gpt", "value": "Yes"}]%s}"""
        .formatted(question, more);
  }

  @Test
  void membersOfOneKeyAreASample() throws IOException {
    Path file =
        write(
            folder.resolve("train.tar"),
            "./a/0001.jpg",
            "first picture",
            "./a/0001.json",
            json("<image> Is it?", ", \"image\": \"elsewhere.jpg\""),
            "./a/0001.txt",
            "not read",
            "./a/0002.json",
            json("Is it so?", ", \"id\": \"two\", \"image\": null"),
            "./a/0003.json",
            json("<image><image>", ""),
            "./a/0003.left.PNG",
            "left",
            "./a/0003.right.webp",
            "right");
    try (Annotations samples = Annotations.open(file, folder)) {
      assertThat(samples.size()).isEqualTo(3);
      assertThat(samples.needsImages()).isFalse();
      Annotation first = samples.read(0).annotation();
      assertThat(first.id()).isEqualTo("./a/0001");
      assertThat(contents(samples.read(0))).containsExactly("first picture");
      assertThat(samples.read(0).pictures(first))
          .extracting(StoredPicture::name)
          .containsExactly(file + "/./a/0001.jpg");
      assertThat(samples.read(1).annotation().place()).isEqualTo(file + " sample 1 (id two)");
      assertThat(contents(samples.read(1))).isEmpty();
      assertThat(contents(samples.read(2))).containsExactly("left", "right");
      assertThat(List.of(0, 1, 2)).extracting(samples::modalityLength).containsExactly(4, -4, 2);
    }
  }

  @Property(tries = 50)
  void whatIsWrittenIsReadInAnyOrder(
      @ForAll @Size(min = 1, max = 6) List<@AlphaChars @StringLength(max = 700) String> pictures,
      @ForAll @AlphaChars @StringLength(max = 120) String prefix)
      throws IOException {
    List<String> members = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      members.addAll(List.of(prefix + "/" + i + ".jpg", pictures.get(i)));
      members.addAll(List.of(prefix + "/" + i + ".json", json("<image> Is it " + i + "?", "")));
    }
    Path file = Files.createTempFile("archive", ".tar");
    try {
      write(file, members.toArray(String[]::new));
      try (Annotations samples = Annotations.open(file, file.getParent())) {
        for (int i = pictures.size() - 1; i >= 0; i--) {
          assertThat(samples.read(i).annotation().exchanges().get(0).question())
              .isEqualTo("<image> Is it " + i + "?");
          assertThat(contents(samples.read(i))).containsExactly(pictures.get(i));
        }
      }
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void shardsFollowOneAnother() throws IOException {
    write(folder.resolve("00001.tar"), "b.json", json("Is it b?", ""));
    write(folder.resolve("00000.tar"), "a.json", json("Is it a?", ""));
    try (Annotations samples = Annotations.open(folder, folder)) {
      assertThat(samples.read(0, 2))
          .extracting(sample -> sample.annotation().id())
          .containsExactly("a", "b");
      assertThat(samples.origin(1)).hasToString(folder.resolve("00001.tar") + " sample 0");
    }
  }

  @Test
  void saysWhatCannotBeUsed() throws IOException {
    refused("has a picture and no .json beside it", "k.jpg", "x");
    refused("key k has a .json that is not JSON", "k.json", "{\"id\": ");
    refused("key k has a .json that holds no object", "k.json", "[1]");
    refused("key k has two .json", "k.json", json("Is it?", ""), "k.meta.json", "{}");
    refused("holds no samples", "readme.txt", "x");
    Path file = folder.resolve("no.tar");
    Files.writeString(file, "not an archive at all ".repeat(100));
    assertThatThrownBy(() -> Annotations.open(file, folder))
        .hasMessageContaining("no.tar cannot be read as a tar archive");
    write(file, "k.json", json("x".repeat(4000), ""));
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 2000));
    assertThatThrownBy(() -> Annotations.open(file, folder))
        .hasMessageContaining("no.tar cannot be read as a tar archive");
  }

  @Test
  void anArchiveIsWholeOrRefused() throws IOException {
    Path file =
        write(folder.resolve("cut.tar"), "a.json", json("Is it?", ""), "b.json", json("So?", ""));
    byte[] whole = Files.readAllBytes(file);
    int members = 4 * 512;
    for (int length = 0; length < members + 512; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Annotations.open(file, folder))
          .as("cut at %d", length)
          .isInstanceOf(Failure.class)
          .hasMessageContaining("cut.tar");
    }
    Files.write(file, Arrays.copyOf(whole, members + 512));
    try (Annotations samples = Annotations.open(file, folder)) {
      assertThat(samples.size()).isEqualTo(2);
    }
  }

  @Test
  void picturesAndTheirPlacesAreCompared() throws IOException {
    Path file = write(folder.resolve("a.tar"), "k.json", json("<image> Is it?", ""));
    try (Annotations samples = Annotations.open(file, folder)) {
      assertThatThrownBy(() -> samples.read(0).annotation())
          .hasMessageContaining("sample 0 (id k): a question holds <image>");
    }
  }

  private void refused(String sentence, String... members) throws IOException {
    Path file = write(folder.resolve("bad.tar"), members);
    assertThatThrownBy(() -> Annotations.open(file, folder))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_DATA))
        .hasMessageContaining("bad.tar")
        .hasMessageContaining(sentence);
  }

  private static List<String> contents(StoredSample sample) {
    return sample.pictures(sample.annotation()).stream()
        .map(picture -> new String(picture.bytes(), UTF_8))
        .toList();
  }
}
