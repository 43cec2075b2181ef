package io.litoperator.operator.observe;

import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventSeries;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.PodWarning;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The newest warnings about Pods, by their events; asked for once a minute at most. */
final class PodWarnings {
  private static final Logger log = LoggerFactory.getLogger(PodWarnings.class);

  private static final Duration HOLDS = Duration.ofMinutes(1);

  private record Answer(String podUid, Optional<PodWarning> warning, Instant until) {}

  private final KubernetesClient client;
  private final Clock clock;
  private final JobMemory<Answer> answers;

  PodWarnings(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
    this.answers = new JobMemory<>(clock);
  }

  /** Empty without one. Events are told of but not needed: that they may not be read is logged. */
  Optional<PodWarning> about(LitTrainingJob job, ObservedPod pod) {
    Instant now = clock.instant();
    Optional<Answer> known =
        answers
            .of(job)
            .filter(answer -> answer.podUid().equals(pod.uid()))
            .filter(answer -> now.isBefore(answer.until()));
    if (known.isEmpty()) {
      known = Optional.of(new Answer(pod.uid(), newest(pod), now.plus(HOLDS)));
      answers.put(job, known.get());
    }
    return known.get().warning();
  }

  private Optional<PodWarning> newest(ObservedPod pod) {
    try {
      return client
          .events()
          .v1()
          .events()
          .inNamespace(pod.pod().getMetadata().getNamespace())
          .withField("regarding.uid", pod.uid())
          .withField("type", "Warning")
          .list()
          .getItems()
          .stream()
          .map(event -> warning(pod, event))
          .max(Comparator.comparing(PodWarning::at));
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
        throw e;
      }
      log.warn("Events of Pod {} cannot be read: {}", pod.name(), e.getMessage());
      return Optional.empty();
    }
  }

  private static PodWarning warning(ObservedPod pod, Event event) {
    return new PodWarning(
        pod.uid(), event.getReason(), Objects.requireNonNullElse(event.getNote(), ""), at(event));
  }

  /** Kubelets write events of the older kind, whose times have other names. */
  private static Instant at(Event event) {
    Stream<MicroTime> times =
        Stream.of(
                Optional.ofNullable(event.getSeries()).map(EventSeries::getLastObservedTime),
                Optional.ofNullable(event.getEventTime()))
            .flatMap(Optional::stream);
    return Stream.concat(
            times.map(MicroTime::getTime),
            Stream.of(
                    event.getDeprecatedLastTimestamp(), event.getMetadata().getCreationTimestamp())
                .filter(Objects::nonNull))
        .map(Instant::parse)
        .max(Comparator.naturalOrder())
        .orElse(Instant.EPOCH);
  }
}
