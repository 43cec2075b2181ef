package io.litoperator.controlplane;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test class the {@link ApiServer} of this JVM, started when the first class asks, or the
 * administrator's {@link KubernetesClient}. Data is in {@code target/apiserver-*}.
 */
public final class ApiServerExtension implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(ApiServerExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == ApiServer.class || type == KubernetesClient.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Shared shared =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .getOrComputeIfAbsent(Shared.class, type -> Shared.start(), Shared.class);
    return parameter.getParameter().getType() == ApiServer.class ? shared.server : shared.client;
  }

  private record Shared(ApiServer server, KubernetesClient client) implements AutoCloseable {

    static Shared start() {
      ApiServer server =
          ApiServer.start(
              Binaries.ofThisMachine(),
              newFolder(),
              Endpoint.onLoopback(),
              List.of(),
              // No controller makes the account that this plugin asks for, nor reads endpoints.
              List.of(
                  "--disable-admission-plugins=ServiceAccount", "--endpoint-reconciler-type=none"));
      return new Shared(server, server.client());
    }

    @Override
    public void close() {
      client.close();
      server.close();
    }

    private static Path newFolder() {
      try {
        Path target = Files.createDirectories(Path.of("target"));
        return Files.createTempDirectory(target, "apiserver-").toAbsolutePath();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
