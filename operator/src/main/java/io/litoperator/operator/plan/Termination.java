package io.litoperator.operator.plan;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.operator.snapshot.ObservedPod;
import java.util.Optional;

/**
 * A worker's last words: its termination message.
 *
 * @param lastFailure why it failed; null after a good end
 * @param report the coordinator's last, which may not have reached the operator; null from others
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Termination(LastFailure lastFailure, ProgressReport report) {
  private static final ObjectReader READER =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build()
          .readerFor(Termination.class);

  /** Empty if the Pod has not ended, or ended without a message of ours: killed, for example. */
  public static Optional<Termination> of(ObservedPod pod) {
    return pod.end()
        .map(ContainerStateTerminated::getMessage)
        .filter(message -> message.startsWith("{"))
        .flatMap(Termination::read);
  }

  /** Why the worker failed, as far as it said; of one that could not, only its last lines. */
  static LastFailure failure(ObservedPod pod) {
    Optional<Termination> ours = of(pod);
    Optional<String> lines =
        ours.isPresent() ? Optional.empty() : pod.end().flatMap(Termination::output);
    return ours.map(Termination::lastFailure)
        .orElseGet(() -> new LastFailure(null, null, null, null, null, lines.orElse(null), null));
  }

  /** What a container has left for others, or the kubelet for it: at most 4 KiB. */
  static Optional<String> output(ContainerStateTerminated end) {
    return Optional.ofNullable(end.getMessage())
        .map(String::strip)
        .filter(output -> !output.isEmpty());
  }

  private static Optional<Termination> read(String message) {
    try {
      return Optional.<Termination>ofNullable(READER.readValue(message))
          .filter(words -> words.lastFailure() != null || words.report() != null);
    } catch (JsonProcessingException notOurs) {
      return Optional.empty();
    }
  }
}
