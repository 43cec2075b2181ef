package io.litoperator.operator.tls;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * Certificates that the operator makes and keeps in a Secret of its namespace. Replicas that race
 * end with one authority: who comes second takes what the first has written.
 */
final class IssuedTls implements TlsSource {
  /** More replicas than anyone runs. */
  private static final int MAX_TRIES = 10;

  private final KubernetesClient client;
  private final String namespace;
  private final String name;
  private final Rotation rotation;
  private final InstantSource clock;

  IssuedTls(
      KubernetesClient client,
      String namespace,
      String name,
      Rotation rotation,
      InstantSource clock) {
    this.client = client;
    this.namespace = namespace;
    this.name = name;
    this.rotation = rotation;
    this.clock = clock;
  }

  @Override
  public TlsMaterial load() {
    for (int i = 0; i < MAX_TRIES; i++) {
      Optional<Secret> secret = SecretData.find(client, namespace, name);
      Optional<Issued> current = secret.map(this::read);
      Issued next = rotation.next(current, clock.instant());
      if (current.isPresent() && current.get() == next || write(secret, next)) {
        return material(next);
      }
    }
    throw new IllegalStateException(
        "Secret %s/%s was changed by others again and again.".formatted(namespace, name));
  }

  private Issued read(Secret secret) {
    try {
      return Issued.read(SecretData.decoded(secret));
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(
          "Secret %s/%s %s; delete it, and new certificates are made."
              .formatted(namespace, name, e.getMessage()),
          e);
    }
  }

  /** False if another came first. */
  private boolean write(Optional<Secret> before, Issued issued) {
    Secret secret =
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName(name)
            .withResourceVersion(before.map(s -> s.getMetadata().getResourceVersion()).orElse(null))
            .withLabels(Map.of("app.kubernetes.io/managed-by", "lit-operator"))
            .endMetadata()
            .withType("kubernetes.io/tls")
            .withStringData(issued.toSecret())
            .build();
    try {
      if (before.isPresent()) {
        client.resource(secret).update();
      } else {
        client.resource(secret).create();
      }
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return false;
      }
      throw e;
    }
  }

  private static TlsMaterial material(Issued issued) {
    Map<String, String> texts = issued.toSecret();
    return new TlsMaterial(
        texts.get(Issued.BUNDLE),
        new ServingCertificate(texts.get(Issued.SERVER), texts.get(Issued.SERVER_KEY)),
        issued.server().certificate().getNotAfter().toInstant());
  }
}
