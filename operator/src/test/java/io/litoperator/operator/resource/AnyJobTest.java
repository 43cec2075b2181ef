package io.litoperator.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.litoperator.api.job.JobJson;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever the job, its objects have forms that Kubernetes takes, and are the same every time. */
class AnyJobTest {
  private static final String DNS_LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
  private static final String SERVICE_NAME = "[a-z]([-a-z0-9]{0,61}[a-z0-9])?";
  private static final String LABEL_VALUE = "([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?";

  private static final ObjectNode SMALL = JobJson.of(AdmittedJobs.small());

  @Property(tries = 200)
  void hasObjectsOfTheRightForm(@ForAll("jobs") LitTrainingJob job) {
    int last = job.getSpec().topology().nodes() - 1;
    JobResources resources = AdmittedJobs.resources(job);

    for (HasMetadata object : objects(resources, last)) {
      assertThat(object.getMetadata().getName()).matches(DNS_LABEL);
      assertThat(object.getMetadata().getLabels().values()).allMatch(v -> v.matches(LABEL_VALUE));
    }
    assertThat(resources.service().getMetadata().getName()).matches(SERVICE_NAME);
    checkPod(resources.pod(last, Integer.MAX_VALUE));
  }

  @Property(tries = 100)
  void hasTheSameObjectsEveryTime(@ForAll("jobs") LitTrainingJob job) {
    LitTrainingJob copy = Serialization.unmarshal(Serialization.asJson(job), LitTrainingJob.class);

    assertThat(Serialization.asJson(objects(AdmittedJobs.resources(copy), 0)))
        .isEqualTo(Serialization.asJson(objects(AdmittedJobs.resources(job), 0)));
  }

  private static void checkPod(Pod pod) {
    Container container = pod.getSpec().getContainers().get(0);
    List<String> volumes = pod.getSpec().getVolumes().stream().map(Volume::getName).toList();

    assertThat(pod.getSpec().getHostname()).matches(DNS_LABEL);
    assertThat(volumes).doesNotHaveDuplicates().allMatch(name -> name.matches(DNS_LABEL));
    assertThat(container.getVolumeMounts())
        .extracting(VolumeMount::getName)
        .allMatch(volumes::contains);
    assertThat(container.getVolumeMounts())
        .extracting(VolumeMount::getMountPath)
        .doesNotHaveDuplicates();
    assertThat(container.getResources().getLimits())
        .isEqualTo(container.getResources().getRequests());
  }

  private static List<HasMetadata> objects(JobResources resources, int index) {
    List<HasMetadata> objects =
        new ArrayList<>(
            List.of(
                resources.serviceAccount(),
                resources.service(),
                resources.configMap(),
                resources.secret(),
                resources.networkPolicy(),
                resources.pod(index, 1)));
    resources.podGroup().ifPresent(objects::add);
    return objects;
  }

  @Provide
  Arbitrary<LitTrainingJob> jobs() {
    Arbitrary<String> names =
        Arbitraries.strings()
            .withChars("abc-09")
            .ofMinLength(1)
            .ofMaxLength(52)
            .filter(name -> name.matches(SERVICE_NAME));
    Arbitrary<String> claims = Arbitraries.of("a", "data.set", "0", "x".repeat(200));
    Arbitrary<String> gangs = Arbitraries.of("none", "kueue", "volcano", "coscheduling");
    Arbitrary<String> devices = Arbitraries.of("cpu", "cuda");
    Arbitrary<Integer> counts = Arbitraries.of(1, 2, 8, 64);
    return Combinators.combine(names, claims, claims, gangs, devices, counts, counts)
        .as(AnyJobTest::job);
  }

  private static LitTrainingJob job(
      String name,
      String data,
      String checkpoints,
      String gang,
      String device,
      int nodes,
      int ranksPerNode) {
    ObjectNode job = SMALL.deepCopy();
    job.withObject("/metadata").put("name", name);
    job.withObject("/spec/model").put("from", "pvc://" + data + "/model");
    job.withObject("/spec/checkpoints").put("destination", "pvc://" + checkpoints);
    job.withObject("/spec/scheduling").put("gang", gang).put("queueName", "team.a");
    job.withObject("/spec/topology")
        .put("device", device)
        .put("nodes", nodes)
        .put("ranksPerNode", ranksPerNode);
    return Serialization.unmarshal(job.toString(), LitTrainingJob.class);
  }
}
