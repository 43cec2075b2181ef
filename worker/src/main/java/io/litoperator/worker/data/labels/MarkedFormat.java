package io.litoperator.worker.data.labels;

import io.litoperator.worker.data.annotations.Annotation;
import io.litoperator.worker.data.annotations.Exchange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Templates whose turns are found where they were written: Llama 3's, ChatML and Mistral's. An
 * answer is what the model is to write, up to the marker that ends it; LLaVA-NeXT's {@code
 * preprocess_llama3} and {@code preprocess_qwen} also have it learn roles and markers, which nobody
 * says.
 */
record MarkedFormat(ChatTemplate template) implements PromptFormat {

  @Override
  public Prompt render(Annotation annotation) {
    ConversationText text = new ConversationText().append(template.opening());
    List<Span> answers = new ArrayList<>();
    Optional<Prompt.Unlabelled> unlabelled = Optional.empty();
    for (Exchange exchange : annotation.exchanges()) {
      if (unlabelled.isEmpty()) {
        int turn = text.length();
        unlabelled = markerIn(exchange).map(marker -> unlabelled(turn, marker));
      }
      text.append(template.human());
      text.appendQuestion(exchange.question());
      text.append(template.model());
      int start = text.length();
      text.append(template.lead()).append(exchange.answer()).append(template.end());
      answers.add(new Span(start, text.length()));
      text.append(template.between());
    }
    return text.prompt(answers, unlabelled);
  }

  /** A turn that held a marker would end, or begin another's, where it stands. */
  private Optional<String> markerIn(Exchange exchange) {
    List<String> markers = new ArrayList<>(template.markers());
    markers.add(template.end());
    return markers.stream()
        .filter(m -> exchange.question().contains(m) || exchange.answer().contains(m))
        .findFirst();
  }

  private static Prompt.Unlabelled unlabelled(int turn, String marker) {
    return new Prompt.Unlabelled(turn, "a turn holds the marker " + marker + " itself");
  }
}
