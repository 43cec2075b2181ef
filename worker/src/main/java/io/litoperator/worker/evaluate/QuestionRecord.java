package io.litoperator.worker.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One object of a file of questions, with where it stands, for messages.
 *
 * @param place file and line, or file and row
 * @param number of the line or row
 */
public record QuestionRecord(JsonNode json, String place, int number) {

  public boolean has(String field) {
    return json.hasNonNull(field);
  }

  /** A text, which must be there and not blank. */
  public String text(String field) {
    JsonNode value = json.path(field);
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw refuse("must have text in field " + field);
    }
    return value.textValue();
  }

  /** A text; absent where there is no such field. */
  public Optional<String> optional(String field) {
    return has(field) ? Optional.of(text(field)) : Optional.empty();
  }

  /** Texts of an array, none of them blank; none if there is no such field. */
  public List<String> texts(String field, String what) {
    List<String> texts = textsOrBlanks(field, what);
    if (texts.stream().anyMatch(String::isBlank)) {
      throw refuse("must have only " + what + " in field " + field);
    }
    return texts;
  }

  /** Texts of an array, as people left them: some may be blank; none if there is no such field. */
  public List<String> textsOrBlanks(String field, String what) {
    List<String> texts = new ArrayList<>();
    JsonNode array = json.path(field);
    if (!array.isMissingNode() && !array.isNull() && !array.isArray()) {
      throw refuse("must have an array of " + what + " in field " + field);
    }
    for (JsonNode text : array) {
      if (!text.isTextual()) {
        throw refuse("must have only " + what + " in field " + field);
      }
      texts.add(text.textValue());
    }
    return texts;
  }

  /** Numbers of an array, which must be there. */
  public List<Double> numbers(String field) {
    List<Double> numbers = new ArrayList<>();
    for (JsonNode number : json.path(field)) {
      numbers.add(number.asDouble());
    }
    if (numbers.isEmpty()) {
      throw refuse("must have an array of numbers in field " + field);
    }
    return numbers;
  }

  /** A text or a number, which must be there. */
  public String scalar(String field) {
    JsonNode value = json.path(field);
    if (!value.isTextual() && !value.isNumber()) {
      throw refuse("must have text or a number in field " + field);
    }
    return value.asText();
  }

  /**
   * @param problem as "must …"
   */
  public Failure refuse(String problem) {
    return new Failure(ExitCode.BAD_DATA, "%s %s.".formatted(place, problem));
  }
}
