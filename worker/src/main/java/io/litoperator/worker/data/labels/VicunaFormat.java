package io.litoperator.worker.data.labels;

import io.litoperator.worker.data.annotations.Annotation;
import io.litoperator.worker.data.annotations.Exchange;
import io.litoperator.worker.data.annotations.Whitespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The fine-tune's {@code vicuna_v1} format: {@code system USER: question ASSISTANT: answer</s>},
 * with the picture and a newline before its question's text.
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

  private static final String ANSWER_ROLE = " ASSISTANT: ";

  @Override
  public Prompt render(Annotation annotation) {
    Rendering rendering = new Rendering();
    annotation.exchanges().forEach(rendering::add);
    return rendering.prompt();
  }

  /** One conversation's text, as it grows. */
  private final class Rendering {
    private final StringBuilder text = new StringBuilder(system).append(' ');
    private final List<Span> questions = new ArrayList<>();
    private final List<Span> answers = new ArrayList<>();
    private Optional<Span> image = Optional.empty();
    private Optional<Prompt.Unlabelled> unlabelled = Optional.empty();
    private int round; // where the text since the last end of sequence begins

    void add(Exchange exchange) {
      addQuestion(exchange.question());
      boolean open = addTurn("ASSISTANT:", exchange.answer(), endOfSequence);
      if (!open) {
        int written = 1 + exchange.answer().length() + endOfSequence.length();
        Span answer = new Span(text.length() - written, text.length());
        answers.add(answer);
        closeRound(answer);
      }
    }

    private void addQuestion(String question) {
      String picture = "";
      String words = question;
      if (question.contains(Annotation.IMAGE)) {
        words = Whitespace.strip(question.replace(Annotation.IMAGE, ""));
        picture = words.isEmpty() ? Annotation.IMAGE : Annotation.IMAGE + "\n";
        int start = text.length() + "USER: ".length();
        image = Optional.of(new Span(start, start + Annotation.IMAGE.length()));
      }
      boolean open = addTurn("USER:", picture + words, " ");
      int end = text.length() - (open ? 0 : 1);
      questions.add(new Span(end - words.length(), end));
    }

    /** Returns whether the turn was left open. */
    private boolean addTurn(String role, String content, String separator) {
      text.append(role);
      boolean open = content.isEmpty() && emptyTurnsOpen;
      if (!open) {
        text.append(' ').append(content).append(separator);
      }
      return open;
    }

    /**
     * The references find the turns again by splitting the text at each end of sequence, and each
     * part at {@code " ASSISTANT: "}, so that an answer must follow the only one in its part.
     */
    private void closeRound(Span answer) {
      String part = text.substring(round, answer.end() - endOfSequence.length());
      int role = answer.start() + 1 - ANSWER_ROLE.length() - round;
      boolean split =
          part.indexOf(ANSWER_ROLE) == role
              && part.indexOf(ANSWER_ROLE, role + ANSWER_ROLE.length()) < 0;
      if (part.contains(endOfSequence)) {
        lose("a turn holds the end of sequence " + endOfSequence);
      } else if (!split) {
        lose("a turn holds the role \"ASSISTANT:\" itself, or its question is empty");
      }
      round = text.length();
    }

    Prompt prompt() {
      if (round < text.length()) {
        lose("the last answer is empty");
      }
      return new Prompt(text.toString(), image, questions, answers, unlabelled);
    }

    private void lose(String reason) {
      if (unlabelled.isEmpty()) {
        unlabelled = Optional.of(new Prompt.Unlabelled(round, reason));
      }
    }
  }
}
