package io.litoperator.operator.resource;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Marks an object with what it was built from, so that an object that is there already is known to
 * be up to date without comparing it with the server's defaults.
 */
public final class AppliedHash {
  private static final JsonMapper CANONICAL =
      JsonMapper.builder()
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private AppliedHash() {}

  static <T extends HasMetadata> T mark(T object) {
    Map<String, String> annotations = new TreeMap<>();
    if (object.getMetadata().getAnnotations() != null) {
      annotations.putAll(object.getMetadata().getAnnotations());
    }
    annotations.put(Labels.APPLIED_HASH, DigestUtils.sha256Hex(json(object)));
    object.getMetadata().setAnnotations(annotations);
    return object;
  }

  /** An object's mark; empty if it has none, as one that another made. */
  public static Optional<String> of(HasMetadata object) {
    return Optional.ofNullable(object.getMetadata().getAnnotations())
        .map(annotations -> annotations.get(Labels.APPLIED_HASH));
  }

  private static String json(HasMetadata object) {
    try {
      return CANONICAL.writeValueAsString(object);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A built object cannot be written as JSON", e);
    }
  }
}
