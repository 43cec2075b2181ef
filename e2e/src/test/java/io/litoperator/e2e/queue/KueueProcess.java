package io.litoperator.e2e.queue;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.litoperator.controlplane.ApiServer;
import io.litoperator.controlplane.Binaries;
import io.litoperator.controlplane.Binary;
import io.litoperator.controlplane.Crds;
import io.litoperator.controlplane.Endpoint;
import io.litoperator.controlplane.Program;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Kueue's controller manager with its webhooks, beside an API server on loopback. */
final class KueueProcess implements AutoCloseable {
  private static final String NAMESPACE = "kueue-system";
  private static final Duration TIME_TO_START = Duration.ofMinutes(2);

  private final Program program;

  private KueueProcess(Program program) {
    this.program = program;
  }

  /**
   * Installs Kueue from its release's own manifests, starts it, and waits until it gates Pods.
   *
   * @param folder for its configuration, certificates and log
   * @param namespace where it is seen whether it gates Pods
   */
  static KueueProcess start(
      Binaries binaries, Path folder, ApiServer server, KubernetesClient client, String namespace) {
    KueueRelease release = KueueRelease.of(binaries);
    int webhooks = Endpoint.onLoopback().port();
    int health = Endpoint.onLoopback().port();
    Path certificates = folder.resolve("kueue-certificates");
    release.crds(webhooks).forEach(crd -> Crds.install(client, crd));
    client.load(stream(text("kueue-namespace.yaml"))).serverSideApply();
    release.webhooks(client, webhooks).forEach(each -> client.resource(each).serverSideApply());
    Path configuration = folder.resolve("kueue.yaml");
    try {
      Files.createDirectories(certificates);
      Files.writeString(
          configuration,
          text("kueue-configuration.yaml")
              .replace("${webhooks}", String.valueOf(webhooks))
              .replace("${health}", String.valueOf(health))
              .replace("${certificates}", certificates.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Program program =
        Program.start(
            "kueue",
            folder.resolve("kueue.log"),
            List.of(
                "env",
                "KUBECONFIG=" + server.kubeconfig(),
                binaries.path(Binary.KUEUE).toString(),
                "--config=" + configuration,
                "--zap-log-level=3"));
    KueueProcess kueue = new KueueProcess(program);
    try {
      kueue.mount(client, certificates);
      kueue.awaitGates(client, namespace);
      return kueue;
    } catch (RuntimeException e) {
      kueue.close();
      throw e;
    }
  }

  @Override
  public void close() {
    program.close();
  }

  /** What a kubelet does for it: the Secret that it fills becomes files. */
  private void mount(KubernetesClient client, Path certificates) {
    await("Kueue's certificate")
        .atMost(TIME_TO_START)
        .until(
            () -> {
              program.requireAlive();
              Secret secret =
                  client.secrets().inNamespace(NAMESPACE).withName("kueue-certificate").get();
              return secret != null && write(secret, certificates);
            });
  }

  private static boolean write(Secret secret, Path folder) throws IOException {
    Map<String, String> data = secret.getData();
    if (data == null || data.isEmpty()) {
      return false;
    }
    for (Map.Entry<String, String> entry : data.entrySet()) {
      Files.write(folder.resolve(entry.getKey()), Base64.getDecoder().decode(entry.getValue()));
    }
    return true;
  }

  private void awaitGates(KubernetesClient client, String namespace) {
    Pod probe =
        new PodBuilder()
            .withNewMetadata()
            .withName("probe")
            .withNamespace(namespace)
            .addToLabels("kueue.x-k8s.io/queue-name", "any")
            .endMetadata()
            .withNewSpec()
            .addNewContainer()
            .withName("probe")
            .withImage("lit.test/probe:1")
            .endContainer()
            .endSpec()
            .build();
    await("Kueue's gate")
        .atMost(TIME_TO_START)
        .until(
            () -> {
              program.requireAlive();
              return isGated(client, probe);
            });
  }

  private static boolean isGated(KubernetesClient client, HasMetadata probe) {
    try {
      Pod made = (Pod) client.resource(probe).dryRun().create();
      return !made.getSpec().getSchedulingGates().isEmpty();
    } catch (KubernetesClientException e) {
      return false; // Its webhooks are not served yet, and no Pod is made without them.
    }
  }

  static String text(String resource) {
    try (InputStream source = KueueProcess.class.getResourceAsStream(resource)) {
      return new String(source.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }
}
