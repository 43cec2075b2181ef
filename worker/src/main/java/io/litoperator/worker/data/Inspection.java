package io.litoperator.worker.data;

import io.litoperator.worker.data.image.StoredPicture;
import io.litoperator.worker.plan.Objective;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A sample for people to look at: every token's text and fate, and the pictures.
 *
 * @param reason why the sample cannot be trained on; absent for a good one
 */
public record Inspection(
    String id,
    Objective objective,
    List<Shown> pictures,
    List<TokenText> tokens,
    Optional<String> reason) {

  public Inspection {
    pictures = List.copyOf(pictures);
    tokens = List.copyOf(tokens);
  }

  /**
   * A picture to show.
   *
   * @param name of its file, or of where it is embedded
   * @param content the encoded picture; absent where it is a file
   */
  public record Shown(String name, Optional<byte[]> content) {
    public static Shown of(StoredPicture picture) {
      return new Shown(
          picture.name(),
          picture instanceof StoredPicture.Embedded embedded
              ? Optional.of(embedded.bytes())
              : Optional.empty());
    }

    /** A file's. */
    public static Shown of(Path file) {
      return new Shown(file.toString(), Optional.empty());
    }

    /** The picture, wherever it is. */
    public StoredPicture stored() {
      return content
          .<StoredPicture>map(bytes -> new StoredPicture.Embedded(name, () -> bytes))
          .orElseGet(() -> new StoredPicture.InFile(Path.of(name)));
    }
  }

  /** The part of the prompt that a token covers; {@code <image>} for a picture. */
  public record TokenText(String text, Fate fate) {}
}
