package io.litoperator.worker.data.labels;

import io.litoperator.worker.data.annotations.Annotation;
import io.litoperator.worker.data.annotations.Exchange;
import io.litoperator.worker.data.annotations.Whitespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A conversation's text as it grows, and where pictures and questions are in it. */
final class ConversationText {
  private final StringBuilder text = new StringBuilder();
  private final List<Span> questions = new ArrayList<>();
  private final List<Span> images = new ArrayList<>();

  /**
   * With questions as LLaVA-1.5 trains on them ({@code preprocess_multimodal}): the only picture
   * and a newline before the text, without blanks around it. Several pictures stay where they are,
   * as LLaVA-NeXT has it.
   */
  static Annotation picturesFirst(Annotation annotation) {
    List<Exchange> exchanges =
        annotation.exchanges().stream()
            .map(e -> new Exchange(pictureFirst(e.question()), e.answer()))
            .toList();
    return new Annotation(annotation.origin(), annotation.id(), annotation.images(), exchanges);
  }

  private static String pictureFirst(String question) {
    int at = question.indexOf(Annotation.IMAGE);
    if (at < 0 || question.indexOf(Annotation.IMAGE, at + 1) >= 0) {
      return question;
    }
    String words = Whitespace.strip(question.replace(Annotation.IMAGE, ""));
    return words.isEmpty() ? Annotation.IMAGE : Annotation.IMAGE + "\n" + words;
  }

  int length() {
    return text.length();
  }

  ConversationText append(String words) {
    text.append(words);
    return this;
  }

  /** Appends what the human says: a span for each stretch between pictures. */
  ConversationText appendQuestion(String question) {
    int start = text.length();
    int said = 0;
    for (int at = question.indexOf(Annotation.IMAGE); at >= 0; ) {
      int end = at + Annotation.IMAGE.length();
      images.add(new Span(start + at, start + end));
      if (at > said) {
        questions.add(new Span(start + said, start + at));
      }
      said = question.startsWith("\n", end) ? end + 1 : end;
      at = question.indexOf(Annotation.IMAGE, end);
    }
    questions.add(new Span(start + said, start + question.length()));
    return append(question);
  }

  Prompt prompt(List<Span> answers, Optional<Prompt.Unlabelled> unlabelled) {
    return new Prompt(text.toString(), images, questions, answers, unlabelled);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
