package io.litoperator.worker.evaluate.published;

import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.QuestionRecord;
import io.litoperator.worker.evaluate.Region;
import java.util.ArrayList;
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
 */
public record PublishedFormat(
    String task, List<String> files, String marker, Function<QuestionRecord, Question> columns) {
  private static final String SHORT = "\nAnswer the question using a single word or phrase.";

  private static final Map<String, PublishedFormat> ALL =
      Stream.of(
              of("pope", "question_id", PublishedFormat::pope, "data/test-*"),
              of("vqav2", "answer_type", PublishedFormat::vqav2, "data/validation-*"),
              of(
                  "gqa",
                  "imageId",
                  r -> question(r, r.text("id"), r.text("question"), r.text("answer")),
                  "testdev_balanced_instructions/testdev-*"),
              of(
                  "scienceqa",
                  "hint",
                  PublishedFormat::scienceqa,
                  "ScienceQA-IMG/test-*",
                  "ScienceQA-FULL/test-*"),
              of("vizwiz", "question_id", PublishedFormat::people, "data/val-*"),
              of("textvqa", "question_id", PublishedFormat::people, "data/validation-*"),
              of("mme", "category", PublishedFormat::mme, "data/test-*"),
              of("mmmu", "question_type", PublishedFormat::mmmu, "data/validation-*"),
              of(
                  "mmstar",
                  "l2_category",
                  PublishedFormat::mmstar,
                  "data/val-*",
                  "val/*",
                  "mmstar*"),
              of(
                  "chartqa",
                  "type",
                  r ->
                      question(
                          r,
                          Integer.toString(r.number()),
                          r.text("question"),
                          List.of(r.text("answer")),
                          r.optional("type")),
                  "data/test-*"),
              of(
                  "docvqa",
                  "questionId",
                  r ->
                      question(
                          r,
                          r.scalar("questionId"),
                          r.text("question"),
                          r.texts("answers", "texts"),
                          Optional.empty()),
                  "DocVQA/validation-*"),
              of("ocrbench", "question_type", PublishedFormat::ocrbench, "data/test-*"),
              captions("coco2017", "answer", "question_id", "data/val-*"),
              captions("flickr30k", "caption", "img_id", "data/test-*"),
              captions("nocaps", "annotations_captions", "image_id", "data/validation-*"),
              captions("textcaps", "caption_str", "image_id", "data/val-*"),
              of("refcoco", "bbox", PublishedFormat::refcoco, "data/val-*"),
              of(
                  "hallusionbench",
                  "set_id",
                  PublishedFormat::hallusion,
                  "data/image-*",
                  "data/non_image-*"),
              of("mmhal", "question_topic", PublishedFormat::mmhal, "*"))
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
    return task.equals("mme");
  }

  /** Those columns with pictures that a question shows, in their order. */
  public List<String> pictureColumns(Collection<String> all) {
    return all.stream().filter(column -> column.matches("image(_\\d+)?")).toList();
  }

  /** The question of a row, which shows these pictures. */
  public Question question(QuestionRecord record, List<String> pictures) {
    Question made = columns.apply(record);
    List<String> shown =
        pictures.isEmpty() ? elsewhere(record).map(List::of).orElse(List.of()) : pictures;
    return new Question(
        made.id(),
        shown,
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
    return task.equals("gqa")
        ? record.optional("imageId")
        : record.optional("image_src").map(address -> address.replaceFirst(".*/", ""));
  }

  private static PublishedFormat of(
      String task, String marker, Function<QuestionRecord, Question> columns, String... files) {
    return new PublishedFormat(task, List.of(files), marker, columns);
  }

  private static PublishedFormat captions(String task, String references, String id, String files) {
    return of(
        task,
        references.equals("answer") ? id : references,
        r -> question(r, r.scalar(id), "", r.texts(references, "captions"), Optional.empty()),
        files);
  }

  private static Question pope(QuestionRecord r) {
    return question(
        r,
        r.scalar("question_id"),
        r.text("question").strip() + SHORT,
        List.of(r.text("answer")),
        r.optional("category"));
  }

  private static Question vqav2(QuestionRecord r) {
    List<String> answers = new ArrayList<>();
    r.json().path("answers").forEach(answer -> answers.add(answer.path("answer").asText()));
    return question(r, r.scalar("question_id"), r.text("question"), answers, Optional.empty());
  }

  private static Question people(QuestionRecord r) {
    return question(
        r,
        r.scalar("question_id"),
        r.text("question"),
        r.texts("answers", "texts"),
        Optional.empty());
  }

  private static Question scienceqa(QuestionRecord r) {
    List<String> choices = r.texts("choices", "texts");
    String hint = r.json().path("hint").asText();
    return choice(
        r,
        Integer.toString(r.number()),
        Character.toString('A' + r.json().path("answer").asInt()),
        choices,
        hint.isBlank() ? Optional.empty() : Optional.of(hint),
        r.optional("subject"));
  }

  /** Two rows of a question id are about one picture. */
  private static Question mme(QuestionRecord r) {
    return question(
        r,
        r.text("question_id"),
        r.text("question"),
        List.of(r.text("answer")),
        r.optional("category"));
  }

  /** Choices are a Python list, as text. */
  private static Question mmmu(QuestionRecord r) {
    boolean open = !r.text("question_type").equals("multiple-choice");
    String id = r.text("id");
    Optional<String> subject = Optional.of(id.replaceFirst("^[a-z]+_(.+)_\\d+$", "$1"));
    List<String> choices = open ? List.of() : PythonList.of(r, "options");
    return choice(r, id, r.text("answer"), choices, Optional.empty(), subject);
  }

  private static Question mmstar(QuestionRecord r) {
    return question(
        r,
        r.scalar("index"),
        r.text("question"),
        List.of(r.text("answer")),
        r.optional("l2_category"));
  }

  private static Question ocrbench(QuestionRecord r) {
    return new Question(
        Integer.toString(r.number()),
        List.of(),
        r.text("question"),
        r.texts("answer", "texts").get(0),
        r.optional("question_type"),
        List.of(),
        new Question.References(
            r.texts("answer", "texts"), List.of(), Optional.empty(), r.optional("dataset")));
  }

  private static Question refcoco(QuestionRecord r) {
    List<Double> box = r.numbers("bbox");
    List<String> answers = r.texts("answer", "captions");
    if (box.size() != 4 || answers.isEmpty()) {
      throw r.refuse("must have four numbers in field bbox and captions in field answer");
    }
    return new Question(
        r.scalar("question_id"),
        List.of(),
        "",
        answers.get(0),
        Optional.empty(),
        List.of(),
        new Question.References(
            answers,
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(new Region.Box(box.get(0), box.get(1), box.get(2), box.get(3)))));
  }

  private static Question hallusion(QuestionRecord r) {
    String id =
        Stream.of("category", "subcategory", "set_id", "figure_id", "question_id")
            .map(r::scalar)
            .collect(Collectors.joining("/"));
    return question(r, id, r.text("question"), r.text("gt_answer_details"));
  }

  private static Question mmhal(QuestionRecord r) {
    List<String> contents = r.texts("image_content", "words");
    return new Question(
        Integer.toString(r.number()),
        List.of(),
        r.text("question"),
        r.text("gt_answer"),
        r.optional("question_type"),
        contents,
        new Question.References(
            List.of(r.text("gt_answer")), List.of(), Optional.empty(), Optional.empty()));
  }

  private static Question choice(
      QuestionRecord r,
      String id,
      String answer,
      List<String> choices,
      Optional<String> context,
      Optional<String> kind) {
    return new Question(
        id,
        List.of(),
        r.text("question"),
        answer,
        kind,
        List.of(),
        new Question.References(
            choices.isEmpty() && answer.startsWith("[")
                ? PythonList.of(r, "answer")
                : List.of(answer),
            choices,
            context,
            Optional.empty()));
  }

  private static Question question(QuestionRecord r, String id, String words, String answer) {
    return question(r, id, words, List.of(answer), Optional.empty());
  }

  private static Question question(
      QuestionRecord r, String id, String words, List<String> answers, Optional<String> kind) {
    if (answers.isEmpty()) {
      throw r.refuse("must have answers");
    }
    return new Question(
        id,
        List.of(),
        words,
        answers.get(0),
        kind,
        List.of(),
        new Question.References(answers, List.of(), Optional.empty(), Optional.empty()));
  }
}
