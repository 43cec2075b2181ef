package io.litoperator.operator.validation;

import io.litoperator.api.job.Problem;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.SchedulingSpec;
import io.litoperator.api.v1alpha1.SchedulingSpec.Gang;
import io.litoperator.operator.resource.Kueue;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A job's queue, which Kueue's users name by a label of the job. */
final class QueueRules {
  private static final String FIELD = "metadata.labels." + Kueue.QUEUE_NAME;

  private QueueRules() {}

  static List<Problem> problems(LitTrainingJob job) {
    return Optional.ofNullable(job.getMetadata().getLabels())
        .map((Map<String, String> labels) -> labels.get(Kueue.QUEUE_NAME))
        .flatMap(label -> problem(label, Optional.ofNullable(job.getSpec().scheduling())))
        .map(text -> new Problem(FIELD, text))
        .stream()
        .toList();
  }

  private static Optional<String> problem(String label, Optional<SchedulingSpec> scheduling) {
    if (scheduling.filter(given -> given.gang() == Gang.VOLCANO).isPresent()) {
      return Optional.of("with spec.scheduling.gang volcano Kueue has no part; remove it");
    }
    if (!KubernetesNames.isDnsSubdomain(label)) {
      return Optional.of("'%s' cannot be the name of a queue".formatted(label));
    }
    return scheduling
        .map(SchedulingSpec::queueName)
        .filter(name -> !name.equals(label))
        .map(
            name ->
                "is '%s', and spec.scheduling.queueName is '%s'; remove one"
                    .formatted(label, name));
  }
}
