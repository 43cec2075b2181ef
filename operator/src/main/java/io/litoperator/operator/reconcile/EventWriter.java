package io.litoperator.operator.reconcile;

import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.event.JobEvent;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;

/**
 * Writes Kubernetes events. The name of each follows from what it tells, so that the API server
 * refuses one that was told already, by this operator or the one before it.
 */
public final class EventWriter {
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
  private static final int LONGEST_NOTE = 1024;

  private final KubernetesClient client;
  private final Clock clock;
  private final String instance;

  /**
   * @param instance the operator's Pod
   */
  public EventWriter(KubernetesClient client, Clock clock, String instance) {
    this.client = client;
    this.clock = clock;
    this.instance = instance;
  }

  void write(LitTrainingJob job, JobEvent event) {
    try {
      client.resource(event(job, event)).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
    }
  }

  private Event event(LitTrainingJob job, JobEvent event) {
    String identity =
        String.join("/", job.getMetadata().getUid(), event.reason(), event.occasion());
    UUID hash = UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8));
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(job.getMetadata().getNamespace())
        .withName(job.getMetadata().getName() + "." + hash)
        .endMetadata()
        .withEventTime(new MicroTime(MICROS.format(clock.instant())))
        .withType(event.isWarning() ? "Warning" : "Normal")
        .withReason(event.reason())
        .withAction(event.reason())
        .withNote(event.message().substring(0, Math.min(LONGEST_NOTE, event.message().length())))
        .withReportingController("lit-operator.io/operator")
        .withReportingInstance(instance)
        .withNewRegarding()
        .withApiVersion(job.getApiVersion())
        .withKind(job.getKind())
        .withNamespace(job.getMetadata().getNamespace())
        .withName(job.getMetadata().getName())
        .withUid(job.getMetadata().getUid())
        .endRegarding()
        .build();
  }
}
