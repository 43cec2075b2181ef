package io.litoperator.operator.validation;

import io.litoperator.api.job.Problem;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import io.litoperator.api.v1alpha1.RecoverySpec.Rule;
import io.litoperator.operator.status.RestartReason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The words of recovery rules. One that no failure is called by would never match. */
final class RecoveryRules {
  /** What a lost Pod or rank is recorded as. */
  private static final Set<String> REASONS = RestartReason.failures();

  /** What kubelets and controllers beside call the end of a Pod, or why they would not start it. */
  private static final Set<String> OF_PODS =
      Set.of(
          "AppArmor",
          "DeadlineExceeded",
          "InitContainerRestartPolicyForbidden",
          "InvalidNodeInfo",
          "NodeAffinity",
          "NodeName",
          "NodePorts",
          "NodeShutdown",
          "NodeUnschedulable",
          "OutOfcpu",
          "OutOfmemory",
          "OutOfpods",
          "PodLevelResourcesNotSupported",
          "PodOSNotSupported",
          "PodOSSelectorNodeLabelDoesNotMatch",
          "Preempting",
          "SMTAlignmentError",
          "SupplementalGroupsPolicyNotSupported",
          "SysctlForbidden",
          "TaintToleration",
          "Terminated",
          "TopologyAffinityError",
          "UnexpectedAdmissionError",
          "UnexpectedPredicateFailureType",
          "UnknownReason",
          "VolumeAttachmentLimitExceeded");

  private static final int GREATEST_EXIT_CODE = 255;
  private static final int NAMED = 3;

  private RecoveryRules() {}

  static List<Problem> problems(LitTrainingJobSpec spec) {
    List<Rule> rules = spec.recovery().rules() == null ? List.of() : spec.recovery().rules();
    List<Problem> problems = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      String field = "spec.recovery.rules[" + i + "].on";
      problem(rules.get(i).on()).ifPresent(text -> problems.add(new Problem(field, text)));
    }
    return problems;
  }

  private static Optional<String> problem(String word) {
    if (Character.isDigit(word.charAt(0))) {
      int code = Integer.parseInt(word);
      return code >= 1 && code <= GREATEST_EXIT_CODE && word.equals(Integer.toString(code))
          ? Optional.empty()
          : Optional.of(
              "no failure has exit code %s; they are from 1 to 255, without leading zeros"
                  .formatted(word));
    }
    if (REASONS.contains(word) || OF_PODS.contains(word)) {
      return Optional.empty();
    }
    List<String> near = near(word);
    return Optional.of(
        "no failure is called '%s'; %s"
            .formatted(
                word,
                near.isEmpty()
                    ? "give an exit code, or one of " + String.join(", ", new TreeSet<>(REASONS))
                    : "did you mean " + String.join(" or ", near) + "?"));
  }

  /** The words that differ from this one in at most two of five letters, nearest first. */
  private static List<String> near(String word) {
    return Stream.concat(REASONS.stream(), OF_PODS.stream())
        .filter(known -> distance(known, word) * 5 <= word.length() * 2)
        .sorted(
            Comparator.comparing((String known) -> distance(known, word))
                .thenComparing(Comparator.naturalOrder()))
        .limit(NAMED)
        .toList();
  }

  private static int distance(String one, String other) {
    return LevenshteinDistance.getDefaultInstance()
        .apply(one.toLowerCase(Locale.ROOT), other.toLowerCase(Locale.ROOT));
  }
}
