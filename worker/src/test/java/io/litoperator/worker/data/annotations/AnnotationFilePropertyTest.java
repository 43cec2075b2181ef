package io.litoperator.worker.data.annotations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;

class AnnotationFilePropertyTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Property(tries = 200)
  void whatIsWrittenIsRead(
      @ForAll @Size(min = 1, max = 8) List<@NotEmpty String> texts,
      @ForAll boolean lines,
      @ForAll boolean escaped)
      throws IOException {
    List<String> samples = new ArrayList<>();
    List<String> said = texts.stream().map(t -> t.replace("<image>", "")).toList();
    for (String text : said) {
      samples.add(json(text, escaped));
    }
    Path path = Files.createTempFile("annotations", ".json");
    try {
      Files.writeString(
          path, lines ? String.join("\n", samples) : "[" + String.join(", ", samples) + "]");
      try (Annotations file = Annotations.open(path, path.getParent())) {
        for (int i = 0; i < said.size(); i++) {
          Exchange expected = new Exchange(said.get(i), said.get(i) + "!");
          assertThat(file.read(i).annotation().exchanges()).containsExactly(expected);
        }
        assertThat(file.read(0, said.size()))
            .extracting(sample -> sample.annotation().exchanges().get(0).question())
            .isEqualTo(said);
        assertThat(file.size()).isEqualTo(said.size());
      }
    } finally {
      Files.delete(path);
    }
  }

  private static String json(String text, boolean escaped) throws IOException {
    String json =
        MAPPER.writeValueAsString(
            Map.of(
                "conversations",
                List.of(
                    Map.of("from", "human", "value", text),
                    Map.of("from", "gpt", "value", text + "!"))));
    if (!escaped) {
      return json;
    }
    return json.chars()
        .mapToObj(c -> c < 128 ? "" + (char) c : "\\u%04x".formatted(c))
        .collect(Collectors.joining());
  }
}
