package io.litoperator.worker.data.labels;

import io.litoperator.worker.data.annotations.Annotation;
import io.litoperator.worker.data.annotations.Exchange;
import io.litoperator.worker.data.annotations.Whitespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The fine-tune's {@code vicuna_v1} format: {@code system USER: question ASSISTANT: answer</s>},
 * with a turn's only picture and a newline before its question's text, as LLaVA-1.5 has it; several
 * pictures of a turn stay where they are, as LLaVA-NeXT has it.
 *
 * @param endOfSequence written after an answer
 * @param emptyTurnsOpen whether an empty turn is its role and a colon only, as LLaVA writes it;
 *     TinyLLaVA writes its spaces and end of sequence all the same
 */
record VicunaFormat(String system, String endOfSequence, boolean emptyTurnsOpen)
    implements PromptFormat {

  static final String SYSTEM =
      "A chat between a curious user and an artificial intelligence assistant. The assistant gives"
          + " helpful, detailed, and polite answers to the user's questions.";

  @Override
  public Prompt render(Annotation annotation) {
    Rendering rendering = new Rendering();
    for (Exchange exchange : annotation.exchanges()) {
      rendering.addQuestion(exchange.question());
      rendering.addTurn("ASSISTANT:", exchange.answer(), endOfSequence);
    }
    Answers answers = Answers.find(rendering.text.toString(), endOfSequence);
    return new Prompt(
        rendering.text.toString(),
        rendering.images,
        rendering.questions,
        answers.spans(),
        answers.unlabelled());
  }

  /** One conversation's text, as it grows. */
  private final class Rendering {
    private final StringBuilder text = new StringBuilder(system).append(' ');
    private final List<Span> questions = new ArrayList<>();
    private final List<Span> images = new ArrayList<>();

    void addQuestion(String question) {
      String content = pictureFirst(question);
      int start = addTurn("USER:", content, " ");
      int said = 0;
      for (int at = content.indexOf(Annotation.IMAGE); at >= 0; ) {
        int end = at + Annotation.IMAGE.length();
        images.add(new Span(start + at, start + end));
        if (at > said) {
          questions.add(new Span(start + said, start + at));
        }
        said = content.startsWith("\n", end) ? end + 1 : end;
        at = content.indexOf(Annotation.IMAGE, end);
      }
      questions.add(new Span(start + said, start + content.length()));
    }

    private static String pictureFirst(String question) {
      int at = question.indexOf(Annotation.IMAGE);
      if (at < 0 || question.indexOf(Annotation.IMAGE, at + 1) >= 0) {
        return question;
      }
      String words = Whitespace.strip(question.replace(Annotation.IMAGE, ""));
      return words.isEmpty() ? Annotation.IMAGE : Annotation.IMAGE + "\n" + words;
    }

    /** Returns where the content starts. */
    int addTurn(String role, String content, String separator) {
      text.append(role);
      if (content.isEmpty() && emptyTurnsOpen) {
        return text.length();
      }
      int start = text.append(' ').length();
      text.append(content).append(separator);
      return start;
    }
  }

  /**
   * Finds the answers in a conversation's text as the references do, which is not always where they
   * were written: the text is split into rounds at each end of sequence, and a round into question
   * and answer at {@code " ASSISTANT: "}. At a round that does not split in two they lose track.
   */
  private record Answers(List<Span> spans, Optional<Prompt.Unlabelled> unlabelled) {
    private static final String ROLE = " ASSISTANT: ";

    static Answers find(String text, String endOfSequence) {
      List<Span> spans = new ArrayList<>();
      int start = 0;
      while (start < text.length()) {
        int end = text.indexOf(endOfSequence, start);
        String round = text.substring(start, end < 0 ? text.length() : end);
        int role = round.indexOf(ROLE);
        if (end < 0 || role < 0 || round.indexOf(ROLE, role + ROLE.length()) >= 0) {
          return new Answers(
              spans, Optional.of(new Prompt.Unlabelled(start, reason(round, end, endOfSequence))));
        }
        int answer = start + role + ROLE.length() - 1;
        start = end + endOfSequence.length();
        spans.add(new Span(answer, start));
      }
      return new Answers(spans, Optional.empty());
    }

    private static String reason(String round, int end, String endOfSequence) {
      if (end < 0) {
        return "the last answer is empty";
      }
      return round.contains(ROLE)
          ? "a turn holds the role \"ASSISTANT:\" itself"
          : "a question is empty, or a turn holds the end of sequence " + endOfSequence + " itself";
    }
  }
}
