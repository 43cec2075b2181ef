package io.litoperator.controlplane;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * etcd and kube-apiserver, until closed. No controller runs beside them unless a test starts one:
 * nothing is collected when its owner goes, and no Pod gets a node.
 */
public final class ApiServer implements AutoCloseable {
  private static final Duration TIME_TO_START = Duration.ofSeconds(90);

  private final Path folder;
  private final Endpoint endpoint;
  private final List<String> command;
  private final Program etcd;
  private final User admin;
  private Program server;

  private ApiServer(
      Path folder, Endpoint endpoint, List<String> command, Program etcd, User admin) {
    this.folder = folder;
    this.endpoint = endpoint;
    this.command = command;
    this.etcd = etcd;
    this.admin = admin;
  }

  /**
   * Starts both and waits until the server is ready, some five seconds.
   *
   * @param folder for data, certificates and logs; made where absent
   * @param users known besides the administrator
   * @param flags more of kube-apiserver's
   * @throws IllegalStateException with the end of its log if one ends or is not ready in time
   */
  public static ApiServer start(
      Binaries binaries, Path folder, Endpoint endpoint, List<User> users, List<String> flags) {
    try {
      Files.createDirectories(folder);
      User admin = User.admin();
      Path tokens = folder.resolve("tokens.csv");
      List<String> lines = new ArrayList<>(List.of(admin.tokenFileLine()));
      users.forEach(user -> lines.add(user.tokenFileLine()));
      Files.write(tokens, lines);
      ServiceAccountKey.writeTo(folder);

      int etcdPort = Endpoint.freePort();
      Program etcd =
          Program.start("etcd", folder.resolve("etcd.log"), etcd(binaries, folder, etcdPort));
      List<String> command = new ArrayList<>(apiServer(binaries, folder, endpoint, etcdPort));
      command.add("--token-auth-file=" + tokens);
      command.addAll(flags);
      ApiServer started = new ApiServer(folder, endpoint, command, etcd, admin);
      try {
        started.startServer();
        return started;
      } catch (RuntimeException e) {
        started.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The folder " + folder + " cannot be written.", e);
    }
  }

  /** Ends kube-apiserver alone and starts it again; etcd and all objects stay. */
  public void restart() {
    server.close();
    startServer();
  }

  /** The administrator's client; the caller closes it. */
  public KubernetesClient client() {
    return client(config(admin).build());
  }

  /**
   * The administrator's client in another's place: it may do what that user may. The caller closes
   * it.
   */
  public KubernetesClient clientAs(String user, String... groups) {
    return client(
        config(admin).withImpersonateUsername(user).withImpersonateGroups(groups).build());
  }

  /** A kubeconfig file for a program that runs beside the server. */
  public Path kubeconfig(User user) {
    Path file = folder.resolve(user.name().replaceAll("[^a-z0-9-]", "-") + ".kubeconfig");
    try {
      String authority = Base64.getEncoder().encodeToString(Files.readAllBytes(authority()));
      return Files.writeString(
          file,
          """
          apiVersion: v1
          kind: Config
          clusters:
          - {name: test, cluster: {server: "%s", certificate-authority-data: %s}}
          users:
          - {name: user, user: {token: %s}}
          contexts:
          - {name: test, context: {cluster: test, user: user}}
          current-context: test
          """
              .formatted(endpoint.url(), authority, user.token()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The administrator's kubeconfig file. */
  public Path kubeconfig() {
    return kubeconfig(admin);
  }

  public String url() {
    return endpoint.url();
  }

  /** The certificate to trust, in PEM. */
  public Path authority() {
    return folder.resolve("certificates/apiserver.crt");
  }

  /** What signs service accounts' tokens, for kube-controller-manager. */
  public Path serviceAccountKey() {
    return ServiceAccountKey.privateKey(folder);
  }

  /** kube-apiserver's processor time since its start. */
  public Duration cpu() {
    return server.cpu();
  }

  /** etcd's processor time since its start. */
  public Duration etcdCpu() {
    return etcd.cpu();
  }

  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
    etcd.close();
  }

  private void startServer() {
    server = Program.start("kube-apiserver", folder.resolve("kube-apiserver.log"), command);
    long deadline = System.nanoTime() + TIME_TO_START.toNanos();
    while (!isReady()) {
      etcd.requireAlive();
      server.requireAlive();
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "kube-apiserver is not ready after " + TIME_TO_START + ":\n" + server.endOfLog());
      }
    }
  }

  /** Waits for a tenth of a second where it is not. */
  private boolean isReady() {
    if (Files.exists(authority())) {
      try (KubernetesClient client =
          client(config(admin).withRequestRetryBackoffLimit(0).build())) {
        client.raw("/readyz");
        return true;
      } catch (KubernetesClientException e) {
        // Not yet; the deadline tells when it is too late.
      }
    }
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while kube-apiserver started.", e);
    }
    return false;
  }

  private ConfigBuilder config(User user) {
    return new ConfigBuilder(Config.empty())
        .withMasterUrl(endpoint.url())
        .withCaCertFile(authority().toString())
        .withOauthToken(user.token());
  }

  private static KubernetesClient client(Config config) {
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  private static List<String> etcd(Binaries binaries, Path folder, int port) {
    String clients = "http://127.0.0.1:" + port;
    String peers = "http://127.0.0.1:" + Endpoint.freePort();
    return List.of(
        binaries.path(Binary.ETCD).toString(),
        "--name=test",
        "--data-dir=" + folder.resolve("etcd"),
        // A power failure would lose a test's data: no matter.
        "--unsafe-no-fsync",
        "--log-level=warn",
        "--listen-client-urls=" + clients,
        "--advertise-client-urls=" + clients,
        "--listen-peer-urls=" + peers,
        "--initial-advertise-peer-urls=" + peers,
        "--initial-cluster=test=" + peers);
  }

  private static List<String> apiServer(
      Binaries binaries, Path folder, Endpoint endpoint, int etcdPort) {
    return List.of(
        binaries.path(Binary.KUBE_APISERVER).toString(),
        "--etcd-servers=http://127.0.0.1:" + etcdPort,
        "--bind-address=" + endpoint.address(),
        "--advertise-address=" + endpoint.address(),
        "--secure-port=" + endpoint.port(),
        "--cert-dir=" + folder.resolve("certificates"),
        "--authorization-mode=Node,RBAC",
        "--service-cluster-ip-range=10.96.0.0/16",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        "--service-account-key-file=" + ServiceAccountKey.publicKey(folder),
        "--service-account-signing-key-file=" + ServiceAccountKey.privateKey(folder));
  }
}
