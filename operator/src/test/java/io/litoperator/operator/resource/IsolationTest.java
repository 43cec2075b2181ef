package io.litoperator.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a job's Pods can reach. */
class IsolationTest {
  @ParameterizedTest(name = "{0}: HTTPS {1}")
  @CsvSource({"model, false", "pvc://claim/model, false", "hf://a/b, true", "s3://b/k, true"})
  void podsReachTheOutsideOnlyForStoresThere(String source, boolean expected) {
    LitTrainingJob job =
        AdmittedJobs.withSpec(
            "pretrain: {dataset: [{annotations: '%s', images: data}]}\n".formatted(source));
    Set<Integer> ports = portsToReach(job);

    assertThat(ports).contains(53, 8443);
    assertThat(ports.contains(443)).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({"http://minio.storage:9000, 9000", "https://s3.example.com, 443"})
  void podsReachTheEndpointOfAStore(String url, int port) {
    LitTrainingJob job =
        AdmittedJobs.withSpec(
            """
            checkpoints: {destination: 's3://b/k'}
            template: {env: [{name: AWS_ENDPOINT_URL, value: '%s'}]}
            """
                .formatted(url));

    assertThat(portsToReach(job)).isEqualTo(new TreeSet<>(List.of(53, 8443, 443, port)));
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource({
    "s3://b/k, http://proxy:3128, '53,443,3128,8443'",
    "s3://b/k, proxy:3128, '53,443,3128,8443'",
    "s3://b/k, '', '53,443,8443'",
    "pvc://c/k, http://proxy:3128, '53,8443'"
  })
  void podsReachTheProxyThatTheirStoresNeed(String destination, String proxy, String ports) {
    LitTrainingJob job =
        AdmittedJobs.withSpec(
            """
            checkpoints: {destination: '%s'}
            template: {env: [{name: HTTPS_PROXY, value: '%s'}]}
            """
                .formatted(destination, proxy));

    assertThat(portsToReach(job)).map(String::valueOf).containsExactlyInAnyOrder(ports.split(","));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "https://api.example.com/v1, 443",
    "http://judge, 80",
    "http://judge.serving.svc:8000/v1, 8000",
    "'https://[fd00::1]:8001', 8001",
    "'https://judge?a=:9', 443"
  })
  void podsReachTheJudgesPort(String url, int port) {
    LitTrainingJob job =
        AdmittedJobs.withSpec(
            """
            evaluate:
              tasks: [{name: mmhal, data: pvc://data/mmhal.jsonl}]
              judge: {url: '%s', model: a}
            """
                .formatted(url));

    assertThat(portsToReach(job)).containsExactlyInAnyOrder(53, 8443, port);
  }

  private static Set<Integer> portsToReach(LitTrainingJob job) {
    return AdmittedJobs.resources(job).networkPolicy().getSpec().getEgress().stream()
        .map(NetworkPolicyEgressRule::getPorts)
        .flatMap(List::stream)
        .map(NetworkPolicyPort::getPort)
        .map(port -> port.getIntVal())
        .collect(Collectors.toSet());
  }
}
