package io.litoperator.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** All objects of a job with everything on, to be read in review. */
class TwoNodesTest {
  private static final Path EXPECTED =
      Path.of("src/test/resources/io/litoperator/operator/resource/two-nodes.expected.yaml");

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .build();

  @Test
  void makesTheseObjects() throws IOException {
    JobResources resources = AdmittedJobs.resources(AdmittedJobs.resource("two-nodes.yaml"));
    String made =
        yaml(
            resources.serviceAccount(),
            resources.service(),
            resources.configMap(),
            resources.secret(),
            resources.networkPolicy(),
            resources.podGroup().orElseThrow(),
            resources.pod(1, 3));

    if (Boolean.getBoolean("lit.expected.write")) {
      Files.writeString(EXPECTED, made);
    }
    assertThat(EXPECTED)
        .as("refresh with: mvn -pl operator test -Dtest=TwoNodesTest -Dlit.expected.write=true")
        .hasContent(made);
  }

  private static String yaml(HasMetadata... objects) throws IOException {
    var text = new StringBuilder();
    for (HasMetadata object : List.of(objects)) {
      text.append(YAML.writeValueAsString(object));
    }
    return text.toString();
  }
}
