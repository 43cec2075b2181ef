package io.litoperator.worker.data.annotations;

import com.fasterxml.jackson.databind.JsonNode;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.util.ArrayList;
import java.util.List;

/** Reads and checks one sample. */
final class AnnotationParser {
  private final Origin origin;
  private final String id;
  private final JsonNode sample;
  private final TurnForm form;

  private AnnotationParser(Origin origin, JsonNode sample) {
    this.origin = origin;
    this.id = sample.hasNonNull("id") ? sample.get("id").asText() : "" + origin.index();
    this.sample = sample;
    this.form = TurnForm.of(sample::hasNonNull);
  }

  /**
   * @throws Failure BAD_DATA with the file, line and id if the sample breaks the format
   */
  static Annotation parse(Origin origin, JsonNode sample) {
    return new AnnotationParser(origin, sample).annotation();
  }

  private Annotation annotation() {
    List<Exchange> exchanges = exchanges();
    List<String> images = images();
    checkPlaceholders(exchanges, images.size());
    return new Annotation(origin, id, images, exchanges);
  }

  private List<String> images() {
    List<String> paths = new ArrayList<>();
    for (String field : List.of("image", "images")) {
      JsonNode value = sample.path(field);
      if (value.isMissingNode() || value.isNull()) {
        continue;
      }
      for (JsonNode path : value.isArray() ? value : List.of(value)) {
        if (!path.isTextual() || path.textValue().isBlank()) {
          throw bad("\"%s\" is neither a path nor a list of paths".formatted(field));
        }
        paths.add(path.textValue());
      }
    }
    return paths;
  }

  private List<Exchange> exchanges() {
    JsonNode turns = sample.path(form.list());
    if (!turns.isArray()) {
      throw bad("\"%s\" is missing or not a list; write the turns there".formatted(form.list()));
    }
    int first = !turns.isEmpty() && speaker(turns, 0).equals(form.model()) ? 1 : 0;
    if (turns.size() == first || (turns.size() - first) % 2 != 0) {
      throw bad(
          "the turns do not end in an answer of %s to a turn of %s; complete or remove the sample"
              .formatted(form.model(), form.human()));
    }
    List<Exchange> exchanges = new ArrayList<>();
    for (int i = first; i < turns.size(); i += 2) {
      exchanges.add(new Exchange(value(turns, i, form.human()), value(turns, i + 1, form.model())));
    }
    return exchanges;
  }

  private String speaker(JsonNode turns, int i) {
    String speaker = turns.path(i).path(form.speaker()).asText();
    if (speaker.equals("system")) {
      throw bad(
          "turn %d is a system prompt; give one for all samples in spec.model.systemPrompt"
              .formatted(i));
    }
    if (!speaker.equals(form.human()) && !speaker.equals(form.model())) {
      throw bad(
          "turn %d is from \"%s\"; write %s or %s"
              .formatted(i, speaker, form.human(), form.model()));
    }
    return speaker;
  }

  private String value(JsonNode turns, int i, String expected) {
    if (!speaker(turns, i).equals(expected)) {
      throw bad(
          "turn %d is not from %s, though %s and %s must alternate; correct or remove the sample"
              .formatted(i, expected, form.human(), form.model()));
    }
    JsonNode value = turns.path(i).path(form.text());
    if (!value.isTextual()) {
      throw bad("turn %d has no text in \"%s\"; write it there".formatted(i, form.text()));
    }
    return value.textValue();
  }

  private void checkPlaceholders(List<Exchange> exchanges, int images) {
    int asked = 0;
    for (Exchange exchange : exchanges) {
      asked += occurrences(exchange.question());
      if (occurrences(exchange.answer()) > 0) {
        throw bad("an answer holds <image>; only a question may");
      }
    }
    if (asked > 0 && images == 0) {
      throw bad(
          "a question holds <image>, but there is no \"image\"; name the picture's file there");
    }
    if (asked == 0 && images > 0) {
      throw bad("there is an \"image\", but no question holds <image>; write it in the first");
    }
    if (asked != images) {
      throw bad(
          "there are %d <image> in the questions and %d paths in \"image\"; each needs the other"
              .formatted(asked, images));
    }
  }

  private static int occurrences(String text) {
    int count = 0;
    for (int at = text.indexOf(Annotation.IMAGE); at >= 0; count++) {
      at = text.indexOf(Annotation.IMAGE, at + Annotation.IMAGE.length());
    }
    return count;
  }

  private Failure bad(String what) {
    return new Failure(ExitCode.BAD_DATA, "%s (id %s): %s.".formatted(origin, id, what));
  }
}
