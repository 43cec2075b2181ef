package io.litoperator.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Without any other node; {@code PreflightIT} has several. */
class PreflightCommandTest {
  private final CapturedLit lit = new CapturedLit();

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "half a party | --device cpu --nodes 2 | 64 | --node and --coordinator go together",
        "a party of one | --device cpu --node 0 --coordinator a | 64 | --node and --coordinator go together",
        "no such node | --device cpu --nodes 2 --node 2 --coordinator a | 64 | --node must be from 0 to 1, not 2",
        "no port | --device cpu --nodes 2 --node 1 --coordinator a:0 | 64 | --coordinator must be HOST or HOST:PORT, not 'a:0'",
        "no host | --device cpu --nodes 2 --node 1 --coordinator a/b | 64 | --coordinator must be HOST or HOST:PORT, not 'a/b'",
        "no patience | --device cpu --nodes 2 --node 1 --coordinator a --wait 0 | 64 | --wait must be at least 1, not 0",
        "elsewhere | --device cpu --nodes 2 --node 0 --coordinator 192.0.2.1 | 64 | 192.0.2.1, which is another one",
        "nobody to sum with | --device cpu --ranks 1 | 64 | give --nodes or --ranks",
      })
  void mistakesAreToldInOneSentence(String name, String arguments, int code, String sentence) {
    assertThat(lit.run(("preflight " + arguments).split(" "))).isEqualTo(code);

    assertThat(lit.errors()).contains(sentence).doesNotContain("\tat ");
    assertThat(lit.output()).isEmpty();
  }

  /** One node's; the other never comes, and GPUs are left out. */
  @Test
  void theExampleHasArgumentsOfOurs() throws IOException {
    JsonNode job = exampleJob();
    List<String> arguments = new ArrayList<>();
    job.at("/spec/template/spec/containers/0/args").forEach(a -> arguments.add(a.asText()));
    assertThat(arguments).contains("--nodes=" + job.at("/spec/completions").asInt());
    arguments.replaceAll(
        argument ->
            argument
                .replace("$(JOB_COMPLETION_INDEX)", "1")
                .replaceFirst("--coordinator=.*", "--coordinator=127.0.0.1:9")
                .replaceFirst("--wait=.*", "--wait=1"));
    arguments.addAll(List.of("--device=cpu", "--ranks=1"));

    assertThat(lit.run(arguments.toArray(String[]::new))).isEqualTo(76);

    assertThat(lit.errors()).contains("The first node did not answer at 127.0.0.1:9 within");
  }

  /** Its first Pod's name, as Kubernetes makes it of Job and Service. */
  @Test
  void theExampleLooksForItsFirstPod() throws IOException {
    JsonNode job = exampleJob();
    String name = job.at("/metadata/name").asText();
    String service = job.at("/spec/template/spec/subdomain").asText();

    assertThat(job.at("/spec/template/spec/containers/0/args"))
        .extracting(JsonNode::asText)
        .contains("--coordinator=%s-0.%s".formatted(name, service));
  }

  private static JsonNode exampleJob() throws IOException {
    YAMLMapper yaml = new YAMLMapper();
    try (MappingIterator<JsonNode> documents =
        yaml.readerFor(JsonNode.class)
            .readValues(Path.of("../examples/preflight/job.yaml").toFile())) {
      return documents.readAll().stream()
          .filter(document -> document.at("/kind").asText().equals("Job"))
          .findFirst()
          .orElseThrow();
    }
  }
}
