package io.litoperator.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClassBuilder;
import io.fabric8.kubernetes.api.model.scheduling.v1.PriorityClassBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.litoperator.controlplane.ApiServerExtension;
import io.litoperator.operator.apiserver.StrictApply;
import java.util.List;
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
      assertThat(AppliedHash.of(again)).isEqualTo(AppliedHash.of(object));
    }
  }

  private static List<HasMetadata> objects() {
    JobResources resources = AdmittedJobs.resources(AdmittedJobs.resource("two-nodes.yaml"));
    return List.of(
        resources.serviceAccount(),
        resources.service(),
        resources.configMap(),
        resources.secret(),
        TrustBundle.of("research", "certificates"),
        resources.networkPolicy(),
        resources.pod(0, 1),
        resources.pod(1, 1));
  }
}
