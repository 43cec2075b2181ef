package io.litoperator.worker.data.annotations;

import io.litoperator.worker.data.tables.Table;
import java.nio.file.Path;
import java.util.List;

/**
 * The samples of a data set in one of the forms that people have them in, indexed once and read
 * when asked for. Safe for use by several threads.
 */
public sealed interface Annotations extends AutoCloseable
    permits AnnotationFile, AnnotationTable, AnnotationArchive {

  /**
   * Opens LLaVA's JSON or JSON lines, Parquet files or WebDataset archives, told by the name.
   * Samples are not checked yet; {@link StoredSample#annotation} does that.
   *
   * @param source a file; for Parquet and archives also a folder, or a pattern of files
   * @param images folder that pictures' paths are relative to, where pictures are not embedded
   * @throws io.litoperator.worker.failure.Failure INPUT_MISSING if there is no readable file,
   *     BAD_DATA if one is not what its name says
   */
  static Annotations open(Path source, Path images) {
    if (Table.isAt(source)) {
      return AnnotationTable.open(source, images);
    }
    return AnnotationArchive.isAt(source)
        ? AnnotationArchive.open(source)
        : AnnotationFile.open(source, images);
  }

  int size();

  /**
   * White-space separated words of all turns, at least 1; negative for a sample without a picture
   * (LLaVA's {@code modality_lengths}).
   */
  int modalityLength(int sample);

  Origin origin(int sample);

  /**
   * Samples {@code from} (inclusive) to {@code to} (exclusive), which is faster than one by one.
   */
  List<StoredSample> read(int from, int to);

  default StoredSample read(int sample) {
    return read(sample, sample + 1).get(0);
  }

  /** Whether some picture is a file of its own. */
  boolean needsImages();

  @Override
  void close();
}
