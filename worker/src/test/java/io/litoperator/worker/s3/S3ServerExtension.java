package io.litoperator.worker.s3;

import java.time.Duration;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test class the {@link S3Server} of this JVM, started when the first class asks, or a
 * connection to it. All share its bucket, each under keys of its own.
 */
public final class S3ServerExtension implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(S3ServerExtension.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == S3Server.class || type == S3Connection.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Shared shared =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .getOrComputeIfAbsent(Shared.class, type -> Shared.start(), Shared.class);
    return parameter.getParameter().getType() == S3Server.class ? shared.server : shared.connection;
  }

  private record Shared(S3Server server, S3Connection connection) implements AutoCloseable {

    static Shared start() {
      S3Server server = S3Server.start();
      return new Shared(server, server.connect(PATIENCE));
    }

    @Override
    public void close() {
      connection.close();
      server.close();
    }
  }
}
