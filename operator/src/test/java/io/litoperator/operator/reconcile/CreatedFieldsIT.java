package io.litoperator.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.litoperator.controlplane.ApiServerExtension;
import io.litoperator.operator.apiserver.Namespaces;
import io.litoperator.operator.observe.JobCaches;
import io.litoperator.operator.plan.Action;
import io.litoperator.operator.plan.Plan;
import io.litoperator.operator.snapshot.Jobs;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What one operator created, the next one applies, on a real API server. */
@ExtendWith(ApiServerExtension.class)
class CreatedFieldsIT {
  private final KubernetesClient admin;
  private final KubernetesClient client;
  private final ActionRunner runner;
  private String namespace;

  CreatedFieldsIT(KubernetesClient admin) {
    this.admin = admin;
    this.client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(admin.getConfiguration())
                    .withUserAgent(ActionRunner.FIELD_MANAGER)
                    .build())
            .build();
    Clock clock = Clock.systemUTC();
    this.runner =
        new ActionRunner(
            client,
            new JobCaches(() -> true),
            new EventWriter(client, clock, "test"),
            new WritePace(Optional.empty()),
            Runnable::run);
  }

  @BeforeEach
  void prepare() {
    namespace = Namespaces.make(admin, "created");
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void whatTheNextOperatorLeavesOutGoes() {
    apply(service(object -> object.editMetadata().addToLabels("old", "1").endMetadata()));
    assertThat(accounts()).containsExactly("lit-operator Update");
    label("another", "kept");

    apply(service(object -> object.editMetadata().addToLabels("new", "1").endMetadata()));

    assertThat(live().getLabels()).containsOnlyKeys("always", "new", "another");
    assertThat(accounts()).containsExactlyInAnyOrder("lit-operator Apply", "another Update");
    apply(service(UnaryOperator.identity()));
    assertThat(live().getLabels()).containsOnlyKeys("always", "another");
  }

  @Test
  void whatItAppliesAgainStaysAsItIs() {
    apply(service(UnaryOperator.identity()));
    apply(service(UnaryOperator.identity()));
    String version = live().getResourceVersion();

    apply(service(UnaryOperator.identity()));

    assertThat(live().getResourceVersion()).isEqualTo(version);
    assertThat(accounts()).containsExactly("lit-operator Apply");
  }

  private void apply(Service service) {
    runner.run(Jobs.of(2), new Plan(List.of(new Action.Apply(service)), Optional.empty()));
  }

  private Service service(UnaryOperator<ServiceBuilder> change) {
    return change
        .apply(
            new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("job")
                .addToLabels("always", "1")
                .endMetadata()
                .withNewSpec()
                .withClusterIP("None")
                .addNewPort()
                .withPort(1)
                .endPort()
                .endSpec())
        .build();
  }

  private void label(String manager, String value) {
    Service another =
        new ServiceBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName("job")
            .endMetadata()
            .build();
    try (KubernetesClient other =
        new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder(admin.getConfiguration()).withUserAgent(manager).build())
            .build()) {
      other
          .resource(another)
          .edit(
              found ->
                  new ServiceBuilder(found)
                      .editMetadata()
                      .addToLabels(manager, value)
                      .endMetadata()
                      .build());
    }
  }

  private ObjectMeta live() {
    return admin.services().inNamespace(namespace).withName("job").require().getMetadata();
  }

  private List<String> accounts() {
    return live().getManagedFields().stream()
        .map((ManagedFieldsEntry entry) -> entry.getManager() + " " + entry.getOperation())
        .toList();
  }
}
