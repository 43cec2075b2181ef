package io.litoperator.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/troubleshooting.md says of reasons, against those that the code has. */
class TroubleshootingTest {
  private static final Path PAGE = Path.of("../docs/troubleshooting.md");
  private static final Path OPERATOR = Path.of("src/main/java/io/litoperator/operator");
  private static final Path RANK_FAILURE =
      Path.of("../worker/src/main/java/io/litoperator/worker/report/RankFailure.java");

  /** Where reasons are given. */
  private static final List<String> PACKAGES = List.of("status", "plan", "reconcile");

  /** Words of Kubernetes, conditions' types, and reasons of a job that wants for nothing. */
  private static final Set<String> NO_REASONS =
      Set.of(
          "Accepted",
          "Admitted",
          "Apply",
          "DeletionByTaintManager",
          "DisruptionTarget",
          "False",
          "Normal",
          "PodInitializing",
          "PodScheduled",
          "PreemptionByScheduler",
          "QuotaReserved",
          "Ready",
          "Reconciling",
          "Running",
          "Scheduled",
          "Stalled",
          "TerminationByKubelet",
          "TerminationTarget",
          "True",
          "UnexpectedAdmissionError",
          "Update",
          "Valid",
          "Warning");

  /** Waiting reasons of containers, which a job passes on. */
  private static final Set<String> KUBELETS =
      Set.of(
          "CreateContainerConfigError",
          "CreateContainerError",
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "RunContainerError");

  private static final Pattern WORD = Pattern.compile("\"([A-Z][A-Za-z]*[a-z])\"");
  private static final Pattern CODE = Pattern.compile("`(\\w+)`");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[A-Z].*)\\|(.*)\\|(.*)\\|$");

  @Test
  void thePageHasEveryReasonOfTheCodeAndNoOther() throws IOException {
    Set<String> phases =
        Stream.of(Phase.values())
            .map(PhaseNames::of)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> inCode = inCode();
    assertThat(inCode).hasSizeGreaterThan(25);

    Set<String> told = new TreeSet<>();
    rows().forEach(row -> CODE.matcher(row.group(1)).results().forEach(m -> told.add(m.group(1))));

    Set<String> expected = new TreeSet<>(inCode);
    expected.removeAll(phases);
    assertThat(told).containsAll(expected);
    assertThat(told)
        .allMatch(
            reason ->
                inCode.contains(reason) || KUBELETS.contains(reason) || phases.contains(reason));
  }

  @Test
  void everyReasonHasSomethingToLookAtAndARemedy() throws IOException {
    assertThat(rows())
        .hasSizeGreaterThan(20)
        .allSatisfy(
            row -> {
              if (!row.group(1).contains("Resized")) {
                assertThat(row.group(2)).as(row.group(1)).isNotBlank();
              }
              assertThat(row.group(3)).as(row.group(1)).isNotBlank();
            });
  }

  private static List<MatchResult> rows() throws IOException {
    Matcher row = ROW.matcher(Files.readString(PAGE).split("(?m)^## Pending", 2)[1]);
    return row.results().toList();
  }

  private static Set<String> inCode() throws IOException {
    Set<String> words = new TreeSet<>(words(RANK_FAILURE));
    for (String name : PACKAGES) {
      try (Stream<Path> files = Files.list(OPERATOR.resolve(name))) {
        for (Path file : files.toList()) {
          words.addAll(words(file));
        }
      }
    }
    words.removeAll(NO_REASONS);
    return words;
  }

  private static Set<String> words(Path file) throws IOException {
    return WORD.matcher(Files.readString(file))
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toSet());
  }
}
