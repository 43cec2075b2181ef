package io.litoperator.e2e.queue;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.litoperator.controlplane.Binaries;
import io.litoperator.controlplane.Binary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a release of Kueue installs, from its source, with what its kustomization adds. Its webhooks
 * are at a Service {@code kueue-webhook-service}, by which the API server comes to loopback.
 */
record KueueRelease(Path components) {
  private static final String SERVICE = "kueue-webhook-service";

  static KueueRelease of(Binaries binaries) {
    return new KueueRelease(
        binaries.sources(Binary.KUEUE, "sigs.k8s.io/kueue").resolve("config/components"));
  }

  /** All CRDs; those of several versions are converted by Kueue. */
  List<CustomResourceDefinition> crds(int port) {
    String patched = read("crd/kustomization.yaml");
    try (Stream<Path> files = Files.list(components.resolve("crd/bases"))) {
      return files
          .sorted()
          .map(file -> Serialization.unmarshal(read(file), CustomResourceDefinition.class))
          .map(crd -> isConverted(crd, patched) ? converted(crd, port) : crd)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isConverted(CustomResourceDefinition crd, String kustomization) {
    String patch = "\n- path: patches/webhook_in_%s.yaml";
    return kustomization.contains(patch.formatted(crd.getSpec().getNames().getPlural()));
  }

  private static CustomResourceDefinition converted(CustomResourceDefinition crd, int port) {
    return new CustomResourceDefinitionBuilder(crd)
        .editSpec()
        .withNewConversion()
        .withStrategy("Webhook")
        .withNewWebhook()
        .withConversionReviewVersions("v1")
        .withNewClientConfig()
        .withNewService()
        .withNamespace("kueue-system")
        .withName(SERVICE)
        .withPath("/convert")
        .withPort(port)
        .endService()
        .endClientConfig()
        .endWebhook()
        .endConversion()
        .endSpec()
        .build();
  }

  /** Those of Kueue's own kinds and of Pods; there are no others here. */
  List<HasMetadata> webhooks(KubernetesClient client, int port) {
    try (InputStream manifests =
        Files.newInputStream(components.resolve("webhook/manifests.yaml"))) {
      List<HasMetadata> both = client.load(manifests).items();
      both.forEach(
          each -> {
            each.getMetadata().setName("kueue-" + each.getMetadata().getName());
            if (each instanceof MutatingWebhookConfiguration mutating) {
              mutating.getWebhooks().removeIf(hook -> !isOurs(hook.getClientConfig()));
              mutating.getWebhooks().forEach(hook -> lead(hook.getClientConfig(), port));
            } else if (each instanceof ValidatingWebhookConfiguration validating) {
              validating.getWebhooks().removeIf(hook -> !isOurs(hook.getClientConfig()));
              validating.getWebhooks().forEach(hook -> lead(hook.getClientConfig(), port));
            }
          });
      return both;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOurs(WebhookClientConfig config) {
    String path = config.getService().getPath();
    return path.contains("-kueue-x-k8s-io-") || path.endsWith("--v1-pod");
  }

  private static void lead(WebhookClientConfig config, int port) {
    config.getService().setNamespace("kueue-system");
    config.getService().setName(SERVICE);
    config.getService().setPort(port);
  }

  private String read(String file) {
    return read(components.resolve(file));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
