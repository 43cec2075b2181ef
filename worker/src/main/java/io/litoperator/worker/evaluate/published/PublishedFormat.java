package io.litoperator.worker.evaluate.published;

import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.QuestionRecord;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How one benchmark is published, on Hugging Face by lmms-lab unless docs/evaluation.md says
 * otherwise: which columns hold what.
 *
 * @param task name of the task
 * @param files patterns of the Parquet files below the data set's folder that are evaluated, the
 *     first that matches
 * @param marker a column that our own format does not have
 * @param columns makes a question of a row, but for its pictures
 * @param pictures where those are
 */
public record PublishedFormat(
    String task,
    List<String> files,
    String marker,
    Function<QuestionRecord, Question> columns,
    Pictures pictures) {

  /** Where a row's pictures are. */
  enum Pictures {
    /** In its columns, or in a file that one names. */
    IN_ROW,
    /** In its columns, the same in all rows with one question id. */
    IN_ROWS_OF_ONE_ID,
    /** Those in its columns that its question or choices mention. */
    MENTIONED,
    /** In a table of pictures, by their ids. */
    IN_TABLE
  }

  private static final Map<String, PublishedFormat> ALL =
      Stream.of(
              of("pope", "question_id", Rows::pope, "data/test-*"),
              of("vqav2", "answer_type", Rows::vqav2, "data/validation-*"),
              of("gqa", "imageId", Rows::gqa, "testdev_balanced_instructions/testdev-*")
                  .with(Pictures.IN_TABLE),
              of(
                  "scienceqa",
                  "hint",
                  Rows::scienceqa,
                  "ScienceQA-IMG/test-*",
                  "ScienceQA-FULL/test-*"),
              of("vizwiz", "question_id", Rows::people, "data/val-*"),
              of("textvqa", "question_id", Rows::people, "data/validation-*"),
              of("mme", "category", Rows::mme, "data/test-*").with(Pictures.IN_ROWS_OF_ONE_ID),
              of("mmmu", "question_type", Rows::mmmu, "data/validation-*").with(Pictures.MENTIONED),
              of("mmstar", "l2_category", Rows::mmstar, "data/val-*", "val/*", "mmstar*"),
              of("chartqa", "type", Rows::chartqa, "data/test-*"),
              of("docvqa", "questionId", Rows::docvqa, "DocVQA/validation-*"),
              of("ocrbench", "question_type", Rows::ocrbench, "data/test-*"),
              captions("coco2017", "answer", "question_id", "data/val-*"),
              captions("flickr30k", "caption", "img_id", "data/test-*"),
              captions("nocaps", "annotations_captions", "image_id", "data/validation-*"),
              captions("textcaps", "caption_str", "image_id", "data/val-*"),
              of("refcoco", "bbox", Rows::refcoco, "data/val-*"),
              of("hallusionbench", "set_id", Rows::hallusion, "data/image-*", "data/non_image-*"),
              of("mmhal", "question_topic", Rows::mmhal, "*"))
          .collect(Collectors.toUnmodifiableMap(PublishedFormat::task, Function.identity()));

  /** Of a task; absent where none is known. */
  public static Optional<PublishedFormat> of(String task) {
    return Optional.ofNullable(ALL.get(task));
  }

  /** Whether a record is in this format rather than our own. */
  public boolean fits(QuestionRecord record) {
    return record.has(marker);
  }

  /** Whether rows with one question id are about one picture, which each row embeds anew. */
  public boolean picturesById() {
    return pictures == Pictures.IN_ROWS_OF_ONE_ID;
  }

  /** Those columns with pictures that a question shows, in their order. */
  public List<String> pictureColumns(Collection<String> all) {
    return all.stream().filter(column -> column.matches("image(_\\d+)?")).toList();
  }

  /** The question of a row that has these pictures. */
  public Question question(QuestionRecord record, List<String> embedded) {
    Question made = columns.apply(record);
    List<String> shown =
        embedded.isEmpty() ? elsewhere(record).map(List::of).orElse(List.of()) : embedded;
    return new Question(
        made.id(),
        pictures == Pictures.MENTIONED ? Rows.mentioned(record, shown) : shown,
        made.question(),
        made.answer(),
        made.kind(),
        made.objects(),
        made.references());
  }

  /** A path in JSON, or the id of a picture in a table of pictures. */
  private Optional<String> elsewhere(QuestionRecord record) {
    if (record.has("image")) {
      return record.optional("image");
    }
    return pictures == Pictures.IN_TABLE
        ? record.optional("imageId")
        : record.optional("image_src").map(address -> address.replaceFirst(".*/", ""));
  }

  private static PublishedFormat of(
      String task, String marker, Function<QuestionRecord, Question> columns, String... files) {
    return new PublishedFormat(task, List.of(files), marker, columns, Pictures.IN_ROW);
  }

  private PublishedFormat with(Pictures others) {
    return new PublishedFormat(task, files, marker, columns, others);
  }

  private static PublishedFormat captions(String task, String references, String id, String files) {
    return of(
        task,
        references.equals("answer") ? id : references,
        r -> Rows.captions(r, id, references),
        files);
  }
}
