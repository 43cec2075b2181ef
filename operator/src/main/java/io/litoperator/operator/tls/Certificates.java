package io.litoperator.operator.tls;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The certificates in use. {@link #refresh} is called at start-up and then regularly, by one thread
 * at a time; the rest by any.
 */
public final class Certificates implements CaBundle {
  private final TlsSource source;
  private final List<Runnable> bundleListeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<ServingCertificate>> servingListeners = new CopyOnWriteArrayList<>();
  private volatile TlsMaterial current;

  Certificates(TlsSource source) {
    this.source = source;
  }

  /**
   * @param namespace of the operator
   * @param service through which Pods reach the endpoint
   */
  public static Certificates of(
      TlsSettings settings,
      KubernetesClient client,
      String namespace,
      String service,
      InstantSource clock) {
    return new Certificates(
        settings
            .provided()
            .filter(name -> !name.isBlank())
            .<TlsSource>map(name -> new ProvidedTls(client, namespace, name, clock))
            .orElseGet(
                () ->
                    new IssuedTls(
                        client,
                        namespace,
                        settings.secret(),
                        Rotation.of(dnsNames(service, namespace)),
                        clock)));
  }

  /**
   * Loads, and if need be makes, the certificates, and tells the listeners what is new. Blocks.
   *
   * @throws RuntimeException if that fails; what was in use stays in use
   */
  public void refresh() {
    TlsMaterial before = current;
    TlsMaterial after = source.load();
    current = after;
    if (before != null && !before.serving().equals(after.serving())) {
      servingListeners.forEach(listener -> listener.accept(after.serving()));
    }
    if (before != null && !before.caPem().equals(after.caPem())) {
      bundleListeners.forEach(Runnable::run);
    }
  }

  @Override
  public String pem() {
    return known().caPem();
  }

  public ServingCertificate serving() {
    return known().serving();
  }

  /** When the serving certificate expires; empty before the first {@link #refresh}. */
  public Optional<Instant> expires() {
    return Optional.ofNullable(current).map(TlsMaterial::expires);
  }

  @Override
  public void onChange(Runnable listener) {
    bundleListeners.add(listener);
  }

  /** Calls {@code listener} after each change of {@link #serving}. */
  public void onServing(Consumer<ServingCertificate> listener) {
    servingListeners.add(listener);
  }

  private TlsMaterial known() {
    TlsMaterial known = current;
    if (known == null) {
      throw new IllegalStateException("No certificate is loaded yet.");
    }
    return known;
  }

  private static List<String> dnsNames(String service, String namespace) {
    return List.of(
        service,
        service + "." + namespace,
        service + "." + namespace + ".svc",
        service + "." + namespace + ".svc.cluster.local");
  }
}
