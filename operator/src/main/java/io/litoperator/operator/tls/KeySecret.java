package io.litoperator.operator.tls;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.litoperator.operator.resource.TokenKey;
import java.net.HttpURLConnection;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * Where the key of the jobs' tokens is kept: a Secret of the operator's namespace that is made once
 * and never changed. Apart from the certificates, which may be somebody else's.
 */
public final class KeySecret {
  private static final String ENTRY = "key";
  private static final SecureRandom RANDOM = new SecureRandom();

  private KeySecret() {}

  /**
   * Makes it where there is none; of replicas that race, all have what the first has made. Blocks.
   *
   * @throws IllegalStateException with a sentence on what to do, if it holds no key
   */
  public static TokenKey load(KubernetesClient client, String namespace, String name) {
    Secret secret =
        SecretData.find(client, namespace, name)
            .or(() -> made(client, namespace, name))
            .or(() -> SecretData.find(client, namespace, name))
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "Secret %s/%s was deleted while it was looked for."
                            .formatted(namespace, name)));
    try {
      return new TokenKey(bytes(secret));
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(
          "Entry %s of Secret %s/%s %s; delete the Secret, and another is made."
              .formatted(ENTRY, namespace, name, e.getMessage()),
          e);
    }
  }

  private static byte[] bytes(Secret secret) {
    return Optional.ofNullable(secret.getData())
        .map(data -> data.get(ENTRY))
        .map(Base64.getDecoder()::decode)
        .orElseThrow(() -> new IllegalArgumentException("is missing"));
  }

  /** Empty if another came first. */
  private static Optional<Secret> made(KubernetesClient client, String namespace, String name) {
    byte[] key = new byte[TokenKey.BYTES];
    RANDOM.nextBytes(key);
    Secret secret =
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName(name)
            .withLabels(Map.of("app.kubernetes.io/managed-by", "lit-operator"))
            .endMetadata()
            .withType("Opaque")
            .withImmutable(true)
            .addToData(ENTRY, Base64.getEncoder().encodeToString(key))
            .build();
    try {
      return Optional.of(client.resource(secret).create());
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
