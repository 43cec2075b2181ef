package io.litoperator.operator.validation;

import io.litoperator.api.job.Problem;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.resource.Kueue;
import java.util.List;
import java.util.Optional;

/** A job's queue, which Kueue's users name by a label of the job. */
final class QueueRules {
  private static final String FIELD = "metadata.labels." + Kueue.QUEUE_NAME;

  private QueueRules() {}

  static List<Problem> problems(LitTrainingJob job) {
    return Kueue.labelled(job)
        .flatMap(label -> problem(job, label))
        .map(text -> new Problem(FIELD, text))
        .stream()
        .toList();
  }

  private static Optional<String> problem(LitTrainingJob job, String label) {
    if (Kueue.isLeftOut(job)) {
      return Optional.of("with spec.scheduling.gang volcano Kueue has no part; remove it");
    }
    if (!KubernetesNames.isDnsSubdomain(label)) {
      return Optional.of("'%s' cannot be the name of a queue".formatted(label));
    }
    return Kueue.named(job)
        .filter(name -> !name.equals(label))
        .map(
            name ->
                "is '%s', and spec.scheduling.queueName is '%s'; remove one"
                    .formatted(label, name));
  }
}
