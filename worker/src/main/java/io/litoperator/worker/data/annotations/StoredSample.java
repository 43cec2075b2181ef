package io.litoperator.worker.data.annotations;

import com.fasterxml.jackson.databind.JsonNode;
import io.litoperator.worker.data.image.StoredPicture;
import java.util.List;
import java.util.function.Function;

/** A sample as its data set stores it, not checked yet. */
public final class StoredSample {
  private final Origin origin;
  private final JsonNode json;
  private final Function<List<String>, List<StoredPicture>> pictures;

  /**
   * @param json in LLaVA's format
   * @param pictures of the names in the sample's {@code image}
   */
  StoredSample(Origin origin, JsonNode json, Function<List<String>, List<StoredPicture>> pictures) {
    this.origin = origin;
    this.json = json;
    this.pictures = pictures;
  }

  public Origin origin() {
    return origin;
  }

  /**
   * The sample, checked.
   *
   * @throws io.litoperator.worker.failure.Failure BAD_DATA with file, place and id if it breaks the
   *     format
   */
  public Annotation annotation() {
    return AnnotationParser.parse(origin, json);
  }

  /** One for each of the annotation's images. */
  public List<StoredPicture> pictures(Annotation annotation) {
    return pictures.apply(annotation.images());
  }
}
