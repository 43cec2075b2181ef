package io.litoperator.worker.plan.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.api.job.Problem;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlDocumentTest {

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "1e-3, NUMBER, 0.001",
        "2e-5, NUMBER, 2.0E-5",
        "42, NUMBER, 42",
        "99999999999999999999, NUMBER, 99999999999999999999",
        "true, BOOLEAN, true",
        "'1', STRING, 1",
        "20m, STRING, 20m",
        "2026-01-01, STRING, 2026-01-01",
        "~, NULL, null",
      })
  void readsScalars(String yaml, String type, String text) {
    JsonNode value = YamlDocument.parse("job.yaml", "value: " + yaml).root().get("value");

    assertThat(value.getNodeType()).hasToString(type);
    assertThat(value.asText()).isEqualTo(text);
  }

  @Test
  void takesKeysAsText() {
    assertThat(YamlDocument.parse("job.yaml", "on: 1\n3: 2").root().fieldNames())
        .toIterable()
        .containsExactly("on", "3");
  }

  @Test
  void knowsTheLineOfEachFieldAndItem() {
    YamlDocument document = YamlDocument.parse("job.yaml", "a:\n  - b: 1\n    c:\n      d: 2\n");

    assertThat(document.lines())
        .containsEntry("a", 1)
        .containsEntry("a[0]", 2)
        .containsEntry("a[0].b", 2)
        .containsEntry("a[0].c.d", 4);
    assertThat(document.sentence(new Problem("a[0].c.e.f", "is missing")))
        .isEqualTo("job.yaml:3: a[0].c.e.f: is missing.");
  }

  @Test
  void refusesTagsThatCannotBeDecoded() {
    assertThatThrownBy(() -> YamlDocument.parse("job.yaml", "!%a"))
        .isInstanceOf(Failure.class)
        .hasMessage("job.yaml: not YAML: Tag must not contain leading or trailing spaces.");
  }

  @Property
  void readsAnyJson(@ForAll("objects") ObjectNode object) {
    assertThat(YamlDocument.parse("job.yaml", object.toString()).root()).isEqualTo(object);
  }

  @Property
  void readsOrRefusesAnyTextInOneSentence(@ForAll("texts") String text) {
    try {
      assertThat(YamlDocument.parse("job.yaml", text).root()).isNotNull();
    } catch (Failure failure) {
      assertThat(failure.exitCode()).isEqualTo(ExitCode.INVALID);
      assertThat(failure.getMessage()).startsWith("job.yaml:").endsWith(".");
      assertThat(failure.getMessage().lines()).hasSize(1);
    }
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings().withChars("ab:-[]{}&*!|>%@#'\"\n\t \u0001,?<").ofMaxLength(40);
  }

  @Provide
  Arbitrary<ObjectNode> objects() {
    var json = JsonNodeFactory.instance;
    Arbitrary<String> names = Arbitraries.strings().alpha().numeric().ofMinLength(1).ofMaxLength(8);
    Arbitrary<JsonNode> leaves =
        Arbitraries.oneOf(
            names.map(json::textNode),
            Arbitraries.integers().map(json::numberNode),
            Arbitraries.of(true, false).map(json::booleanNode));
    return Arbitraries.maps(names, Arbitraries.lazyOf(() -> leaves, () -> objects(leaves, names)))
        .ofMaxSize(4)
        .map(fields -> json.objectNode().setAll(fields));
  }

  private static Arbitrary<JsonNode> objects(Arbitrary<JsonNode> leaves, Arbitrary<String> names) {
    var json = JsonNodeFactory.instance;
    return Arbitraries.oneOf(
        leaves.list().ofMaxSize(4).map(items -> json.arrayNode().addAll(items)),
        Arbitraries.maps(names, leaves)
            .ofMaxSize(4)
            .map(fields -> json.objectNode().<ObjectNode>setAll(fields)));
  }
}
