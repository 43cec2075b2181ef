package io.litoperator.worker.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;

/** Events as JSON objects on one line. Numbers that JSON lacks are strings: {@code "NaN"}. */
final class EventJson {
  private final ObjectWriter writer;
  private final ObjectReader reader;

  EventJson() {
    JsonMapper mapper =
        JsonMapper.builder()
            .addModule(new Jdk8Module())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    writer = mapper.writerFor(Event.class);
    reader = mapper.readerFor(Event.class);
  }

  /** The event's line, without its end. */
  String write(Event event) {
    try {
      return writer.writeValueAsString(event);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an event that JSON cannot hold: " + event, e);
    }
  }

  Event read(String line) throws JsonProcessingException {
    return reader.readValue(line);
  }
}
