package io.litoperator.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClassBuilder;
import io.fabric8.kubernetes.api.model.scheduling.v1.PriorityClassBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.litoperator.controlplane.ApiServerExtension;
import io.litoperator.operator.apiserver.StrictApply;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A real API server takes the objects of a job with everything on, and twice the same is once. */
@ExtendWith(ApiServerExtension.class)
class ObjectsIT {
  private final KubernetesClient client;

  ObjectsIT(KubernetesClient client) {
    this.client = client;
  }

  /** A namespace that admits only Pods of the strictest security standard. */
  @BeforeEach
  void prepare() {
    Namespace research =
        new NamespaceBuilder()
            .withNewMetadata()
            .withName("research")
            .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
            .endMetadata()
            .build();
    client.resource(research).forceConflicts().serverSideApply();
    client
        .resource(
            new PriorityClassBuilder()
                .withNewMetadata()
                .withName("high")
                .endMetadata()
                .withValue(1000)
                .build())
        .forceConflicts()
        .serverSideApply();
    client
        .resource(
            new RuntimeClassBuilder()
                .withNewMetadata()
                .withName("nvidia")
                .endMetadata()
                .withHandler("nvidia")
                .build())
        .forceConflicts()
        .serverSideApply();
  }

  @Test
  void applyingAgainChangesNothing() {
    for (HasMetadata object : objects()) {
      HasMetadata first = client.resource(object).patch(StrictApply.CONTEXT);
      HasMetadata again = client.resource(object).patch(StrictApply.CONTEXT);

      assertThat(again.getMetadata().getResourceVersion())
          .as(object.getKind())
          .isEqualTo(first.getMetadata().getResourceVersion());
      if (!(object instanceof Pod)) {
        assertThat(again.getMetadata().getAnnotations())
            .containsEntry(
                Labels.APPLIED_HASH,
                object.getMetadata().getAnnotations().get(Labels.APPLIED_HASH));
      }
    }
  }

  @Test
  void aRotatedCertificateKeepsTheToken() {
    JobResources resources = AdmittedJobs.resources(AdmittedJobs.small());
    Secret made =
        client.resource(resources.secret(Optional.empty(), "one")).patch(StrictApply.CONTEXT);
    Secret rotated =
        client.resource(resources.secret(Optional.of(made), "two")).patch(StrictApply.CONTEXT);

    assertThat(rotated.getData().get("token")).isEqualTo(made.getData().get("token"));
    assertThat(rotated.getData().get("ca.crt")).isNotEqualTo(made.getData().get("ca.crt"));
  }

  private static List<HasMetadata> objects() {
    JobResources resources = AdmittedJobs.resources(AdmittedJobs.resource("two-nodes.yaml"));
    Secret secret = resources.secret(Optional.empty(), "certificates");
    return List.of(
        resources.serviceAccount(),
        resources.service(),
        resources.configMap(),
        secret,
        resources.networkPolicy(),
        resources.pod(0, 1),
        resources.pod(1, 1));
  }
}
