package io.litoperator.worker.data.annotations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.data.annotations.ArchiveIndex.Member;
import io.litoperator.worker.data.annotations.ArchiveIndex.Sample;
import io.litoperator.worker.data.image.StoredPicture;
import io.litoperator.worker.data.shards.Shards;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Samples in WebDataset archives: of each key a {@code .json} in LLaVA's format and its pictures,
 * in the order in which the questions show them. What the JSON says of {@code image} does not
 * matter.
 */
final class AnnotationArchive implements Annotations {
  private static final String SUFFIX = ".tar";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final List<Sample> samples;

  private AnnotationArchive(List<Sample> samples) {
    this.samples = samples;
  }

  /** Whether a source is an archive, a pattern of such, or a folder with some. */
  static boolean isAt(Path source) {
    return Files.isDirectory(source)
        ? !Shards.in(source, SUFFIX).isEmpty()
        : source.toString().endsWith(SUFFIX);
  }

  static AnnotationArchive open(Path source) {
    List<Sample> samples = new ArrayList<>();
    Shards.of(source, SUFFIX).forEach(file -> samples.addAll(ArchiveIndex.of(file).samples()));
    if (samples.isEmpty()) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s holds no samples; it needs a .json for each key.".formatted(source));
    }
    return new AnnotationArchive(List.copyOf(samples));
  }

  @Override
  public int size() {
    return samples.size();
  }

  @Override
  public int modalityLength(int sample) {
    return samples.get(sample).modalityLength();
  }

  @Override
  public Origin origin(int sample) {
    Sample stored = samples.get(sample);
    return new Origin(stored.archive(), "sample " + stored.number(), sample);
  }

  @Override
  public boolean needsImages() {
    return false;
  }

  @Override
  public List<StoredSample> read(int from, int to) {
    List<StoredSample> read = new ArrayList<>();
    for (int i = from; i < to; i++) {
      Sample sample = samples.get(i);
      read.add(new StoredSample(origin(i), json(sample), names -> pictures(sample)));
    }
    return read;
  }

  @Override
  public void close() {}

  /** With the key for an id that is missing, and the archive's pictures for paths. */
  private static JsonNode json(Sample sample) {
    try {
      ObjectNode json = (ObjectNode) MAPPER.readTree(bytes(sample.archive(), sample.json()));
      if (!json.hasNonNull("id")) {
        json.put("id", sample.key());
      }
      json.remove("images");
      ArrayNode images = json.putArray("image");
      sample.pictures().forEach(picture -> images.add(name(sample, picture)));
      return json;
    } catch (IOException | ClassCastException e) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s: key %s was JSON before and is not now; leave the file alone while it is in use."
              .formatted(sample.archive(), sample.key()),
          e);
    }
  }

  private static List<StoredPicture> pictures(Sample sample) {
    return sample.pictures().stream()
        .<StoredPicture>map(
            picture ->
                new StoredPicture.Embedded(
                    sample.archive() + "/" + name(sample, picture),
                    () -> bytes(sample.archive(), picture)))
        .toList();
  }

  private static String name(Sample sample, Member member) {
    return sample.key() + "." + member.suffix();
  }

  private static byte[] bytes(Path archive, Member member) {
    byte[] bytes = new byte[member.size()];
    // Unlike a channel, it survives a thread's interruption.
    try (RandomAccessFile file = new RandomAccessFile(archive.toFile(), "r")) {
      file.seek(member.offset());
      file.readFully(bytes);
      return bytes;
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE, "%s cannot be read: %s.".formatted(archive, e.getMessage()), e);
    }
  }
}
