package io.litoperator.operator.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.api.job.Problem;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.resource.AdmittedJobs;
import io.litoperator.operator.snapshot.Jobs;
import io.litoperator.operator.validation.InvalidJobs.InvalidJob;
import io.litoperator.worker.plan.job.JobFile;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Beside the jobs of {@code examples/invalid}. */
class JobValidationTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "labels: {-x: y} | spec.template.labels",
        "labels: {app.kubernetes.io/name: mine} | spec.template.labels",
        "annotations: {kueue.x-k8s.io/retriable-in-group: 'false'} | spec.template.annotations",
        "annotations: {'a b': c} | spec.template.annotations",
        "labels: {kueue.x-k8s.io/queue-name: team} | spec.template.labels",
        "annotations: {scheduling.k8s.io/group-name: mine} | spec.template.annotations",
        "nodeSelector: {zone: 'a b'} | spec.template.nodeSelector",
        "env: [{name: A}, {name: A}] | spec.template.env[1].name",
        "env: [{name: 1A}] | spec.template.env[0].name",
        "envFrom: [{prefix: A_}] | spec.template.envFrom[0]",
        "envFrom: [{configMapRef: {name: a}, secretRef: {name: b}}] | spec.template.envFrom[0]",
        "envFrom: [{secretRef: {}}] | spec.template.envFrom[0].secretRef.name",
        "envFrom: [{configMapRef: {name: My_Map}}] | spec.template.envFrom[0].configMapRef.name",
        "envFrom: [{prefix: '1_', secretRef: {name: a}}] | spec.template.envFrom[0].prefix",
        "initContainers: [{name: worker, image: a}] | spec.template.initContainers[0].name",
        "initContainers: [{name: A, image: a}] | spec.template.initContainers[0].name",
        "initContainers: [{name: a, image: a}, {name: a, image: a}] | spec.template.initContainers[1].name",
        "initContainers: [{name: a}] | spec.template.initContainers[0].image",
        "initContainers: [{name: a, image: a, restartPolicy: OnFailure}] | spec.template.initContainers[0].restartPolicy",
        "initContainers: [{name: a, image: a, volumeMounts: [{name: b, mountPath: /b}]}] | spec.template.initContainers[0].volumeMounts[0].name",
        "initContainers: [{name: a, image: a, volumeMounts: [{name: lit-job, mountPath: /b}]}] | spec.template.initContainers[0].volumeMounts[0].name",
        "volumes: [{name: lit-job, emptyDir: {}}] | spec.template.volumes[0].name",
        "volumes: [{name: My_Data, emptyDir: {}}] | spec.template.volumes[0].name",
        "resources: {requests: {memory: -1}} | spec.template.resources.requests.memory",
        "serviceAccountName: Trainer | spec.template.serviceAccountName",
        "runtimeClassName: NVIDIA | spec.template.runtimeClassName",
        "imagePullSecrets: [{name: My_Secret}] | spec.template.imagePullSecrets[0].name",
        "resourceClaims: [{name: a}, {name: a}] | spec.template.resourceClaims[1].name",
        "resourceClaims: [{name: a.b}] | spec.template.resourceClaims[0].name",
        "resources: {claims: [{name: nic}]} | spec.template.resources.claims[0].name",
        "env: [{name: A}, {name: AWS_ENDPOINT_URL, value: 'https://minio:99999'}] | spec.template.env[1].value",
        "env: [{name: https_proxy, value: 'proxy:0'}] | spec.template.env[0].value",
        "volumes: [{name: lit-output, persistentVolumeClaim: {claimName: a}}] | spec.template.volumes[0]",
        "volumes: [{name: lit-tmp, emptyDir: {}}, {name: lit-tmp, emptyDir: {}}] | spec.template.volumes[1].name",
      })
  void refuses(String template, String field) {
    assertThat(JobValidation.problems(AdmittedJobs.withSpec("template:\n  " + template + "\n")))
        .extracting(Problem::path)
        .containsExactly(field);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "name: judge, key: token | ''",
        "name: judge, key: .token | ''",
        "name: My_Judge, key: token | spec.evaluate.judge.secretKeyRef.name",
        "name: judge, key: .. | spec.evaluate.judge.secretKeyRef.key",
        "name: judge, key: a/b | spec.evaluate.judge.secretKeyRef.key",
      })
  void refusesNamesThatNoSecretHas(String reference, String field) {
    assertThat(JobValidation.problems(AdmittedJobs.withSpec(judge(reference))))
        .extracting(Problem::path)
        .containsExactlyElementsOf(field.isEmpty() ? List.of() : List.of(field));
  }

  @Test
  void refusesTwoKeysOfOneJudge() {
    String twice =
        judge("name: judge, key: token") + "template: {env: [{name: LIT_JUDGE_API_KEY, value: x}]}";

    assertThat(JobValidation.problems(AdmittedJobs.withSpec(twice)))
        .extracting(Problem::toString)
        .containsExactly(
            "spec.evaluate.judge.secretKeyRef: spec.template.env sets LIT_JUDGE_API_KEY as well;"
                + " remove one");
  }

  @Test
  void refusesAPortThatNoPolicyCanOpen() {
    String judge = judge("name: judge, key: token").replace("judge/v1", "judge:65536/v1");

    assertThat(JobValidation.problems(AdmittedJobs.withSpec(judge)))
        .extracting(Problem::toString)
        .containsExactly("spec.evaluate.judge.url: 65536 is no port; they are from 1 to 65535");
  }

  @Test
  void refusesMoreThanAConfigMapHolds() {
    String template = "template: {env: [{name: A, value: %s}]}\n";
    String most = template.formatted("x".repeat((1 << 20) - (16 << 10)));
    String more = template.formatted("x".repeat(1 << 20));

    assertThat(JobValidation.problems(AdmittedJobs.withSpec(most))).isEmpty();
    assertThat(JobValidation.problems(AdmittedJobs.withSpec(more)))
        .singleElement()
        .returns("spec", Problem::path)
        .extracting(Problem::text)
        .asString()
        .matches("with every default filled in it has 10\\d{5} bytes, and the ConfigMap .*");
  }

  private static String judge(String reference) {
    return """
        evaluate:
          tasks: [{name: mmhal, data: pvc://data/mmhal.jsonl}]
          judge: {url: "https://judge/v1", model: a, secretKeyRef: {%s}}
        """
        .formatted(reference);
  }

  @ParameterizedTest(name = "{0}, {1}: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "team-a | {}                    |",
        "team-a | {queueName: team-a}   |",
        "team-a | {queueName: team-b}   | is 'team-a', and spec.scheduling.queueName is 'team-b'; remove one",
        "Team_A | {}                    | 'Team_A' cannot be the name of a queue",
        "team-a | {gang: coscheduling}  |",
        "team-a | {gang: volcano}       | with spec.scheduling.gang volcano Kueue has no part; remove it",
      })
  void takesKueuesLabelForTheQueue(String label, String scheduling, String text) {
    LitTrainingJob job = AdmittedJobs.withSpec("scheduling: " + scheduling);
    job.getMetadata().setLabels(Map.of("kueue.x-k8s.io/queue-name", label));

    assertThat(JobValidation.problems(job))
        .isEqualTo(
            text == null
                ? List.of()
                : List.of(new Problem("metadata.labels.kueue.x-k8s.io/queue-name", text)));
  }

  @Test
  void refusesToWaitForAPodThatIsTheJobsAndAnothers() {
    String spec =
        """
        template:
          affinity:
            podAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                - topologyKey: example.com/rack
                  labelSelector: {matchLabels: {app: cache}}
        """;

    assertThat(JobValidation.problems(AdmittedJobs.withSpec(spec))).isEmpty();
    assertThat(
            JobValidation.problems(
                AdmittedJobs.withSpec(spec + "scheduling: {topologyKey: example.com/rack}\n")))
        .extracting(Problem::path)
        .containsExactly(
            "spec.template.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution");
  }

  @ParameterizedTest(name = "mounted at {0}")
  @ValueSource(
      strings = {"/", "/tmp/x", "/var/lib/lit", "/mnt", "/etc/lit/..//lit", "data", "/a:b"})
  void refusesMounts(String path) {
    String template =
        """
        template:
          volumes: [{name: data, emptyDir: {}}]
          volumeMounts: [{name: data, mountPath: "%s"}]
        """;

    assertThat(JobValidation.problems(AdmittedJobs.withSpec(template.formatted(path))))
        .extracting(Problem::path)
        .containsExactly("spec.template.volumeMounts[0].mountPath");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "checkpoints: {destination: /var/lib/lit/checkpoints}",
        "checkpoints: {destination: pvc://claim}",
        "checkpoints: {destination: /data/run}\ntemplate:\n"
            + "  volumes: [{name: data, emptyDir: {}}]\n"
            + "  volumeMounts: [{name: data, mountPath: /data}]",
        "template: {volumes: [{name: lit-output, ephemeral: {}}]}",
        "template: {annotations: {kueue.x-k8s.io/podset-required-topology: cloud.com/rack}}",
        "template: {labels: {kueue.x-k8s.io/priority-class: high, app.kubernetes.io/version: v1}}",
        "template: {envFrom: [{prefix: '', secretRef: {name: a, optional: true}}]}",
        "template: {initContainers: [{name: a, image: a, volumeMounts: [{name: lit-output, mountPath: /out}]}]}",
        "template: {resourceClaims: [{name: nic}], resources: {claims: [{name: nic}]}}",
        "template: {labels: {team: ''}, annotations: {example.com/a: 'any text, of any form'}}",
        "template: {resources: {requests: {cpu: 500m}, limits: {cpu: 1, memory: 1Gi}}}",
        "recovery: {inPlace: false, rules: [{'on': '71', action: restartFree}]}",
      })
  void allows(String spec) {
    assertThat(JobValidation.problems(AdmittedJobs.withSpec(spec + "\n"))).isEmpty();
  }

  /**
   * A job that was accepted is not checked again: what its owner may still change CEL rules see.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource("io.litoperator.operator.validation.InvalidJobs#failed")
  void looksAtNothingThatMayChangeLater(InvalidJob invalid) {
    LitTrainingJob job = JobFile.admit(invalid.file());
    job.getMetadata().setGeneration(1L);

    assertThat(
            JobValidation.problems(
                Jobs.edited(
                    job,
                    """
                    suspend: true
                    ttlSecondsAfterFinished: 1
                    topology: {nodes: 1024, ranksPerNode: 64}
                    """)))
        .isEqualTo(JobValidation.problems(job));
  }
}
