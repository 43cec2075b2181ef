package io.litoperator.operator.tls;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.InstantSource;
import java.util.Map;

/** Certificates that cert-manager, or a person, keeps in a Secret of the operator's namespace. */
final class ProvidedTls implements TlsSource {
  private final KubernetesClient client;
  private final String namespace;
  private final String name;
  private final InstantSource clock;

  /** Of this process alone: one that starts shows and trusts what it finds. */
  private Succession succession;

  ProvidedTls(KubernetesClient client, String namespace, String name, InstantSource clock) {
    this.client = client;
    this.namespace = namespace;
    this.name = name;
    this.clock = clock;
  }

  /** By one thread at a time. */
  @Override
  public TlsMaterial load() {
    Provided provided = provided();
    succession =
        succession == null
            ? Succession.begin(provided, clock.instant())
            : succession.next(provided, clock.instant());
    return succession.material();
  }

  private Provided provided() {
    Map<String, String> data =
        SecretData.find(client, namespace, name)
            .map(SecretData::decoded)
            .orElseThrow(() -> problem("does not exist yet"));
    String chain = entry(data, Issued.SERVER);
    try {
      String key = Pem.of(Pem.key(entry(data, Issued.SERVER_KEY)));
      return new Provided(
          Pem.certificates(entry(data, Issued.BUNDLE)),
          new ServingCertificate(chain, key),
          Pem.certificates(chain).get(0).getNotAfter().toInstant());
    } catch (IllegalArgumentException e) {
      throw problem(e.getMessage());
    }
  }

  private String entry(Map<String, String> data, String key) {
    String value = data.get(key);
    if (value == null || value.isBlank()) {
      throw problem("has no entry " + key + ", without which Pods cannot report safely");
    }
    return value;
  }

  private IllegalStateException problem(String what) {
    return new IllegalStateException(
        "Secret %s/%s, named by lit.tls.provided, %s.".formatted(namespace, name, what));
  }
}
