package io.litoperator.worker.data.labels;

import io.litoperator.worker.data.annotations.Annotation;
import io.litoperator.worker.data.annotations.Exchange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The {@code vicuna_v1} template, {@code system USER: question ASSISTANT: answer</s>}.
 *
 * @param emptyTurnsOpen whether an empty turn is its role and a colon only, as LLaVA writes it;
 *     TinyLLaVA writes its spaces and end of sequence all the same
 */
record VicunaFormat(ChatTemplate template, boolean emptyTurnsOpen) implements PromptFormat {

  @Override
  public Prompt render(Annotation annotation) {
    ConversationText text = new ConversationText().append(template.opening());
    for (Exchange exchange : annotation.exchanges()) {
      String question = exchange.question();
      if (isOpen(question)) {
        text.append(template.human().stripTrailing()).append(template.model().stripLeading());
      } else {
        text.append(template.human()).appendQuestion(question).append(template.model());
      }
      if (!isOpen(exchange.answer())) {
        text.append(template.lead()).append(exchange.answer()).append(template.end());
      }
    }
    Answers answers = Answers.find(text.toString(), template.end());
    return text.prompt(answers.spans(), answers.unlabelled());
  }

  private boolean isOpen(String turn) {
    return turn.isEmpty() && emptyTurnsOpen;
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
