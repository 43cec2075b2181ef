package io.litoperator.worker.report.html;

import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.RunHistory;
import io.litoperator.worker.report.RunHistory.Run;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Questions of the evaluation with each objective's answer, of the first seed. */
record AnswerSection(String note, List<Question> questions) {
  private static final int MOST_QUESTIONS = 12;

  record Question(
      String task,
      Optional<Picture> picture,
      String question,
      String expected,
      List<Answer> answers) {}

  /**
   * @param verdict {@code right} or {@code wrong}
   */
  record Answer(String objective, int style, String text, String mark, String verdict) {}

  private record Key(String task, String image, String question) {}

  static Optional<AnswerSection> of(RunHistory history, Pictures pictures) {
    if (history.runs().isEmpty()) {
      return Optional.empty();
    }
    long seed = history.seeds().get(0);
    List<String> objectives = history.objectives();
    Map<Key, List<Answer>> answers = new LinkedHashMap<>();
    Map<Key, Event.Answered> first = new HashMap<>();
    for (Run run : history.runs()) {
      if (run.seed() == seed) {
        int style = objectives.indexOf(run.objective());
        for (Event.Answered told : run.answers()) {
          Key key = new Key(told.task(), told.image(), told.question());
          first.putIfAbsent(key, told);
          answers.computeIfAbsent(key, absent -> new ArrayList<>()).add(answer(style, run, told));
        }
      }
    }
    if (answers.isEmpty()) {
      return Optional.empty();
    }
    List<Question> questions =
        firstOfEachTask(List.copyOf(answers.keySet())).stream()
            .map(key -> question(first.get(key), answers.get(key), pictures))
            .toList();
    return Optional.of(
        new AnswerSection(
            "The first questions of each task, whatever the answers, with seed " + seed + ".",
            questions));
  }

  /** As many of each task as there is room for, in order. */
  private static List<Key> firstOfEachTask(List<Key> keys) {
    long tasks = keys.stream().map(Key::task).distinct().count();
    long room = Math.max(1, MOST_QUESTIONS / tasks);
    Map<String, Integer> taken = new HashMap<>();
    return keys.stream().filter(key -> taken.merge(key.task(), 1, Integer::sum) <= room).toList();
  }

  private static Question question(Event.Answered told, List<Answer> answers, Pictures pictures) {
    return new Question(
        told.task(),
        Optional.ofNullable(told.image()).map(image -> pictures.embed(image)),
        told.question(),
        told.expected(),
        answers);
  }

  private static Answer answer(int style, Run run, Event.Answered told) {
    return new Answer(
        run.objective(),
        style,
        told.answer().isBlank() ? "(nothing)" : told.answer(),
        told.correct() ? "✓" : "✗",
        told.correct() ? "right" : "wrong");
  }
}
