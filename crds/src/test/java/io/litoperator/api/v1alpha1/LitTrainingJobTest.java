package io.litoperator.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LitTrainingJobTest {
  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                                | false
          {"status": {"observedGeneration": -1, "phase": "Pending"}}                | false
          {"status": {"observedGeneration": 1, "phase": "Pending"}}                 | true
          {"status": {"observedGeneration": -1, "phase": "Pending", "coordinator": {}}} | true
          """)
  void isToldOfOnceTheOperatorHasWrittenAnything(String job, boolean told) {
    assertThat(YAML.unmarshal(job, LitTrainingJob.class).told().isPresent()).isEqualTo(told);
  }
}
