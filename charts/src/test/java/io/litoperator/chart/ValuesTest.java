package io.litoperator.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of values in the documentation is about the values that there are. */
class ValuesTest {
  private static final Path TABLE = Path.of("../docs/install.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Za-z.]+)` \\|");

  private final JsonNode values;
  private final List<String> documented;

  ValuesTest() throws IOException {
    values =
        new KubernetesSerialization()
            .unmarshal(Files.readString(Chart.FOLDER.resolve("values.yaml")), JsonNode.class);
    documented = ROW.matcher(Files.readString(TABLE)).results().map(row -> row.group(1)).toList();
  }

  @Test
  void everyValueIsDocumented() {
    assertThat(leaves("", values))
        .isNotEmpty()
        .allMatch(
            leaf ->
                documented.stream()
                    .anyMatch(row -> leaf.equals(row) || leaf.startsWith(row + ".")));
  }

  @Test
  void everyDocumentedValueExists() {
    assertThat(documented)
        .isNotEmpty()
        .doesNotHaveDuplicates()
        .noneMatch(row -> values.at("/" + row.replace('.', '/')).isMissingNode());
  }

  private static Stream<String> leaves(String path, JsonNode node) {
    if (!node.isObject() || node.isEmpty()) {
      return Stream.of(path);
    }
    return node.properties().stream()
        .flatMap(
            field ->
                leaves(
                    path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                    field.getValue()));
  }
}
