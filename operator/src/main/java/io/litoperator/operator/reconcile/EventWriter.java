package io.litoperator.operator.reconcile;

import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.event.JobEvent;
import java.net.HttpURLConnection;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes Kubernetes events. The name of each follows from what it tells, so that the API server
 * refuses one that was told already, by this operator or the one before it. A job waits for none:
 * one that cannot be written is logged.
 */
public final class EventWriter {
  private static final Logger log = LoggerFactory.getLogger(EventWriter.class);

  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  /** In bytes. */
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
        log.warn("Event {} could not be written: {}", event.reason(), e.getMessage());
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
        .withNote(note(event.message()))
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

  /** What Kubernetes takes of a message. */
  private static String note(String message) {
    ByteBuffer bytes = ByteBuffer.allocate(LONGEST_NOTE);
    StandardCharsets.UTF_8
        .newEncoder()
        .onMalformedInput(CodingErrorAction.REPLACE)
        .encode(CharBuffer.wrap(message), bytes, true);
    return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
  }
}
