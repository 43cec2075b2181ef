package io.litoperator.operator.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;

class AssemblyTest {
  @Test
  void whatIsReadHasNoManagedFields() {
    ObjectMapper mapper = new ObjectMapper();
    Assembly.leaveOutManagedFields(mapper);

    Pod pod =
        new KubernetesSerialization(mapper, true)
            .unmarshal(
                """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: demo-0
                  managedFields: [{manager: kubelet, fieldsV1: {"f:status": {"f:phase": {}}}}]
                  labels: {lit-operator.io/job: demo}
                """,
                Pod.class);

    assertThat(pod.getMetadata().getManagedFields()).isEmpty();
    assertThat(pod.getMetadata().getAdditionalProperties()).isEmpty();
    assertThat(pod.getMetadata().getLabels()).containsEntry("lit-operator.io/job", "demo");
  }
}
