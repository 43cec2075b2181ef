package io.litoperator.worker.evaluate.task;

import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.metric.Choices;
import io.litoperator.worker.evaluate.text.PythonText;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Prompts: the words in which a task puts a question, as lmms-eval's default for each. */
public sealed interface Wording {
  String of(Question question);

  /** Whether a question needs words of its own. */
  default boolean needsQuestion() {
    return true;
  }

  /** The question as it stands, then {@code suffix}. */
  record AsAsked(String suffix) implements Wording {
    @Override
    public String of(Question question) {
      return question.question() + suffix;
    }
  }

  /** As Python's {@code capitalize}: only the first letter is a capital. */
  record Capitalized(String suffix) implements Wording {
    @Override
    public String of(Question question) {
      return PythonText.capitalize(question.question()) + suffix;
    }
  }

  /** Without blanks around the question and without the data set's own request for yes or no. */
  record WithoutYesOrNo(String suffix) implements Wording {
    @Override
    public String of(Question question) {
      return PythonText.strip(question.question()).replace(" Please answer yes or no.", "")
          + suffix;
    }
  }

  /** The same for every picture. */
  record Always(String text) implements Wording {
    @Override
    public String of(Question question) {
      return text;
    }

    @Override
    public boolean needsQuestion() {
      return false;
    }
  }

  /** Context, question and lettered choices. */
  record WithChoices(String suffix) implements Wording {
    @Override
    public String of(Question question) {
      String context =
          question.references().context().map(text -> "Context: " + text + "\n").orElse("");
      return context + question.question() + "\n" + lettered(question) + suffix;
    }
  }

  /** With lettered choices where there are any. */
  record ChoicesOrOpen(String choicesSuffix, String openSuffix) implements Wording {
    @Override
    public String of(Question question) {
      return question.references().choices().isEmpty()
          ? question.question() + openSuffix
          : question.question() + "\n" + lettered(question) + choicesSuffix;
    }
  }

  private static String lettered(Question question) {
    List<String> letters = Choices.letters(question);
    return IntStream.range(0, letters.size())
        .mapToObj(i -> letters.get(i) + ". " + question.references().choices().get(i))
        .collect(Collectors.joining("\n"));
  }
}
