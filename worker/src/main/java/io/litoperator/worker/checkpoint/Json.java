package io.litoperator.worker.checkpoint;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdDelegatingSerializer;
import com.fasterxml.jackson.databind.util.StdConverter;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.util.List;
import java.util.Set;

/** JSON that is the same for equal values: sets and maps are written in order. */
final class Json {
  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(new JavaTimeModule())
          .addModule(new SimpleModule().addSerializer(Set.class, inOrder()))
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private Json() {}

  /** The iteration order of {@code Set.of} and {@code Set.copyOf} differs from run to run. */
  private static StdDelegatingSerializer inOrder() {
    return new StdDelegatingSerializer(
        new StdConverter<Set<?>, List<?>>() {
          @Override
          public List<?> convert(Set<?> set) {
            return set.stream().sorted().toList();
          }
        });
  }
}
