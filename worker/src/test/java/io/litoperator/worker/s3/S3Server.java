package io.litoperator.worker.s3;

import io.litoperator.worker.transfer.Backoff;
import io.litoperator.worker.transfer.Retries;
import io.litoperator.worker.transfer.TestCertificate;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.UnaryOperator;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** An S3 server on loopback, which checks signatures and keeps objects in memory. */
public final class S3Server implements AutoCloseable {
  public static final String BUCKET = "bucket";
  private static final String KEY = "AKIAEXAMPLE";
  private static final String SECRET = "secret-of-the-example";

  private final S3Proxy server;

  private S3Server(S3Proxy server) {
    this.server = server;
  }

  public static S3Server start() {
    return start(builder -> builder.endpoint(URI.create("http://127.0.0.1:0")));
  }

  /** One that is spoken to by HTTPS alone. */
  static S3Server start(TestCertificate certificate) {
    return start(
        builder ->
            builder
                .secureEndpoint(URI.create("https://127.0.0.1:0"))
                .keyStore(certificate.keys().toString(), TestCertificate.PASSWORD));
  }

  private static S3Server start(UnaryOperator<S3Proxy.Builder> listening) {
    BlobStore blobs = BlobStores.create("transient-nio2", new Properties());
    blobs.createContainer(BUCKET);
    S3Proxy server =
        listening
            .apply(S3Proxy.builder())
            .blobStore(blobs)
            .awsAuthentication(AuthenticationType.AWS_V4, KEY, SECRET)
            // Of conditions and sizes that it does not check.
            .ignoreUnknownHeaders(true)
            .build();
    try {
      server.start();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return new S3Server(server);
  }

  public int port() {
    return server.getPort();
  }

  /** Variables with which a process finds it. */
  public Map<String, String> environment() {
    return environment(port());
  }

  /** The same by way of a proxy. */
  public static Map<String, String> environment(int port) {
    return Map.of(
        "AWS_ENDPOINT_URL",
        "http://127.0.0.1:" + port,
        "AWS_ACCESS_KEY_ID",
        KEY,
        "AWS_SECRET_ACCESS_KEY",
        SECRET,
        "AWS_REGION",
        "us-east-1");
  }

  /** A client that waits little. */
  public S3Connection connect(Duration patience) {
    return connect(port(), SECRET, patience);
  }

  /** A client by HTTPS. */
  S3Connection connectSecurely(Map<String, String> environment, Duration patience) {
    Map<String, String> all = new HashMap<>(environment(port()));
    all.putAll(environment);
    all.put("AWS_ENDPOINT_URL", "https://127.0.0.1:" + server.getSecurePort());
    return connect(all, SECRET, patience);
  }

  static S3Connection connect(int port, String secret, Duration patience) {
    return connect(environment(port), secret, patience);
  }

  private static S3Connection connect(
      Map<String, String> environment, String secret, Duration patience) {
    Backoff hasty =
        new Backoff() {
          @Override
          public void await(int attempt, Optional<String> retryAfter) throws InterruptedException {
            Thread.sleep(5);
          }
        };
    return S3Connection.of(
        environment,
        StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, secret)),
        new Retries(hasty, patience));
  }

  /** A client that goes by way of a proxy. */
  public static S3Connection connect(int port, Duration patience) {
    return connect(port, SECRET, patience);
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
