package io.litoperator.examples.quickstart;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/** An entry of a data file. */
sealed interface Entry {
  String id();

  @JsonIgnore
  Picture picture();

  /** The picture's path, relative to the data's folder. */
  @JsonProperty
  default String image() {
    return picture().path();
  }

  /** A training sample in LLaVA's format. */
  @JsonPropertyOrder({"id", "image", "conversations"})
  record Sample(String id, @JsonIgnore Picture picture, List<Turn> conversations)
      implements Entry {}

  /**
   * @param from {@code human} or {@code gpt}
   */
  record Turn(String from, String value) {}

  /**
   * An evaluation question, to be asked alone.
   *
   * @param question as the model saw its kind open a conversation, without the image token
   * @param objects captions only: the things in the picture
   */
  @JsonPropertyOrder({"id", "image", "kind", "question", "answer", "objects"})
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  record Probe(
      String id,
      @JsonIgnore Picture picture,
      String kind,
      String question,
      String answer,
      List<String> objects)
      implements Entry {}
}
