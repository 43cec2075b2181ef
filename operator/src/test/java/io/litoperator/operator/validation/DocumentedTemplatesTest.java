package io.litoperator.operator.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.operator.resource.AdmittedJobs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The templates that documentation shows are such as jobs may have. */
class DocumentedTemplatesTest {
  private static final Path DOCS = Path.of("../docs");
  private static final Pattern TEMPLATE = Pattern.compile("(?m)^    template:.*\\n(?:     .*\\n)*");

  @ParameterizedTest(name = "{0}")
  @CsvSource({"objects.md, 3", "kubernetes.md, 1"})
  void areValid(String page, int atLeast) throws IOException {
    List<String> templates =
        TEMPLATE
            .matcher(Files.readString(DOCS.resolve(page)))
            .results()
            .map(MatchResult::group)
            .map(template -> template.indent(-4))
            .toList();

    assertThat(templates).hasSizeGreaterThanOrEqualTo(atLeast);
    assertThat(templates)
        .allSatisfy(
            template ->
                assertThat(JobValidation.problems(AdmittedJobs.withSpec(template))).isEmpty());
  }
}
