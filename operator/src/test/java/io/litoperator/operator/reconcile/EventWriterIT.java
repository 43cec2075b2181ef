package io.litoperator.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.controlplane.ApiServer;
import io.litoperator.controlplane.ApiServerExtension;
import io.litoperator.operator.apiserver.Namespaces;
import io.litoperator.operator.event.JobEvent;
import io.litoperator.operator.snapshot.Jobs;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ApiServerExtension.class)
class EventWriterIT {
  private final ApiServer server;
  private final KubernetesClient client;
  private final LitTrainingJob job = Jobs.of(2);

  EventWriterIT(ApiServer server, KubernetesClient client) {
    this.server = server;
    this.client = client;
  }

  @BeforeEach
  void prepare() {
    job.getMetadata().setNamespace(Namespaces.make(client, "events"));
  }

  @Test
  void whatWasToldIsNotToldAgain() {
    write(client, "once", "1");
    write(client, "again", "1");
    write(client, "on another occasion", "2");

    assertThat(events())
        .extracting(Event::getNote)
        .containsExactlyInAnyOrder("once", "on another occasion");
  }

  /** The API server counts bytes, of which a letter may have several. */
  @Test
  void aMessageIsCutToWhatAnEventMayHold() {
    write(client, "a" + "図".repeat(400) + "🙂", "1");

    assertThat(events())
        .singleElement()
        .extracting(Event::getNote)
        .asString()
        .isEqualTo("a" + "図".repeat(341))
        .satisfies(note -> assertThat(note.getBytes(StandardCharsets.UTF_8)).hasSize(1024));
  }

  @Test
  void aJobDoesNotWaitForEventsThatNobodyTakes() {
    try (KubernetesClient stranger = server.clientAs("stranger")) {
      write(stranger, "refused", "1");
    }

    assertThat(events()).isEmpty();
  }

  private void write(KubernetesClient by, String message, String occasion) {
    new EventWriter(by, Clock.systemUTC(), "operator-1")
        .write(job, new JobEvent(true, "Restarting", message, occasion));
  }

  private List<Event> events() {
    return client
        .events()
        .v1()
        .events()
        .inNamespace(job.getMetadata().getNamespace())
        .list()
        .getItems();
  }
}
