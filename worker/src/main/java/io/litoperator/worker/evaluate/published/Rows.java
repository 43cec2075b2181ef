package io.litoperator.worker.evaluate.published;

import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.QuestionRecord;
import io.litoperator.worker.evaluate.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Questions of published rows, but for their pictures: which column holds what. */
final class Rows {
  private static final Pattern MENTION = Pattern.compile("<image (\\d{1,2})>");
  private static final Pattern COLUMN = Pattern.compile("^\\d+/image_(\\d+)$");
  private static final String SHORT = "\nAnswer the question using a single word or phrase.";

  private Rows() {}

  static Question pope(QuestionRecord r) {
    return question(
        r,
        r.scalar("question_id"),
        r.text("question").strip() + SHORT,
        List.of(r.text("answer")),
        r.optional("category"));
  }

  static Question gqa(QuestionRecord r) {
    return question(r, r.text("id"), r.text("question"), r.text("answer"));
  }

  static Question vqav2(QuestionRecord r) {
    List<String> answers = new ArrayList<>();
    r.json().path("answers").forEach(answer -> answers.add(answer.path("answer").asText()));
    return question(r, r.scalar("question_id"), r.text("question"), answers, Optional.empty());
  }

  static Question people(QuestionRecord r) {
    return question(
        r,
        r.scalar("question_id"),
        r.text("question"),
        r.textsOrBlanks("answers", "texts"),
        Optional.empty());
  }

  static Question scienceqa(QuestionRecord r) {
    List<String> choices = r.texts("choices", "texts");
    String hint = r.json().path("hint").asText();
    return choice(
        r,
        Integer.toString(r.number()),
        Character.toString('A' + index(r, choices.size())),
        choices,
        hint.isBlank() ? Optional.empty() : Optional.of(hint),
        r.optional("subject"));
  }

  /** The right choice, counted from 0. */
  private static int index(QuestionRecord r, int choices) {
    int index = r.json().path("answer").asInt(-1);
    if (index < 0 || index >= choices) {
      throw r.refuse("must have the number of one of the choices, from 0, in field answer");
    }
    return index;
  }

  /** Two rows of a question id are about one picture. */
  static Question mme(QuestionRecord r) {
    return question(
        r,
        r.text("question_id"),
        r.text("question"),
        List.of(r.text("answer")),
        r.optional("category"));
  }

  /** Choices are a Python list, as text. */
  static Question mmmu(QuestionRecord r) {
    boolean open = !r.text("question_type").equals("multiple-choice");
    String id = r.text("id");
    Optional<String> subject = Optional.of(id.replaceFirst("^[a-z]+_(.+)_\\d+$", "$1"));
    List<String> choices = open ? List.of() : PythonList.of(r, "options");
    return choice(r, id, r.text("answer"), choices, Optional.empty(), subject);
  }

  /**
   * Those of a row's pictures that its question or choices mention, as {@code mmmu_doc_to_visual}
   * takes them: {@code <image 2>} is the second.
   *
   * @param pictures in order; of a table, named by their columns, as not all need be there
   */
  static List<String> mentioned(QuestionRecord r, List<String> pictures) {
    boolean open = !r.text("question_type").equals("multiple-choice");
    String prompt =
        r.text("question") + (open ? "" : String.join("\n", PythonList.of(r, "options")));
    SortedSet<Integer> numbers = new TreeSet<>();
    MENTION.matcher(prompt).results().forEach(m -> numbers.add(Integer.parseInt(m.group(1))));
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      Matcher column = COLUMN.matcher(pictures.get(i));
      if (numbers.contains(column.find() ? Integer.parseInt(column.group(1)) : i + 1)) {
        shown.add(pictures.get(i));
      }
    }
    return shown;
  }

  static Question mmstar(QuestionRecord r) {
    return question(
        r,
        r.scalar("index"),
        r.text("question"),
        List.of(r.text("answer")),
        r.optional("l2_category"));
  }

  static Question chartqa(QuestionRecord r) {
    return question(
        r,
        Integer.toString(r.number()),
        r.text("question"),
        List.of(r.text("answer")),
        r.optional("type"));
  }

  static Question docvqa(QuestionRecord r) {
    return question(
        r,
        r.scalar("questionId"),
        r.text("question"),
        r.textsOrBlanks("answers", "texts"),
        Optional.empty());
  }

  /**
   * @param id column that names the question
   * @param references column with people's captions
   */
  static Question captions(QuestionRecord r, String id, String references) {
    return question(r, r.scalar(id), "", r.textsOrBlanks(references, "captions"), Optional.empty());
  }

  static Question ocrbench(QuestionRecord r) {
    List<String> answers = some(r, r.texts("answer", "texts"));
    return new Question(
        Integer.toString(r.number()),
        List.of(),
        r.text("question"),
        answers.get(0),
        r.optional("question_type"),
        List.of(),
        new Question.References(answers, List.of(), Optional.empty(), r.optional("dataset")));
  }

  static Question refcoco(QuestionRecord r) {
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

  static Question hallusion(QuestionRecord r) {
    String id =
        Stream.of("category", "subcategory", "set_id", "figure_id", "question_id")
            .map(r::scalar)
            .collect(Collectors.joining("/"));
    return question(r, id, r.text("question"), r.text("gt_answer_details"));
  }

  static Question mmhal(QuestionRecord r) {
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
    return new Question(
        id,
        List.of(),
        words,
        some(r, answers).get(0),
        kind,
        List.of(),
        new Question.References(answers, List.of(), Optional.empty(), Optional.empty()));
  }

  private static List<String> some(QuestionRecord r, List<String> answers) {
    if (answers.isEmpty()) {
      throw r.refuse("must have answers");
    }
    return answers;
  }
}
