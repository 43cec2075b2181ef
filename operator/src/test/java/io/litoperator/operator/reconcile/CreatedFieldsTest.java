package io.litoperator.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CreatedFieldsTest {
  private static final String OTHER = "{manager: other, operation: Update, fieldsV1: {f:x: {}}}";
  private static final String CREATED =
      "{manager: own, operation: Update, fieldsV1: {f:a: {f:b: {}, f:c: {}}, f:d: {}}}";
  private static final String APPLIED =
      "{manager: own, operation: Apply, fieldsV1: {f:a: {f:b: {}, f:e: {}}}}";

  @Test
  void whatWasCreatedCountsAsApplied() {
    assertThat(asApplied(OTHER, CREATED)).hasValue(list(OTHER, CREATED.replace("Update", "Apply")));
  }

  @Test
  void itIsUnitedWithWhatWasApplied() {
    assertThat(asApplied(APPLIED, CREATED))
        .hasValue(
            list(
                "{manager: own, operation: Apply,"
                    + " fieldsV1: {f:a: {f:b: {}, f:c: {}, f:e: {}}, f:d: {}}}"));
  }

  @Test
  void whatWasAppliedOrIsAnothersStays() {
    assertThat(asApplied(APPLIED, OTHER)).isEmpty();
    assertThat(asApplied()).isEmpty();
  }

  @Test
  void aStatusIsNoneOfIt() {
    assertThat(asApplied("{manager: own, operation: Update, subresource: status}")).isEmpty();
  }

  private static Optional<JsonNode> asApplied(String... accounts) {
    return CreatedFields.asApplied(list(accounts), "own").map(JsonNode.class::cast);
  }

  private static JsonNode list(String... accounts) {
    try {
      return new YAMLMapper().readTree("[" + String.join(",", accounts) + "]");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
