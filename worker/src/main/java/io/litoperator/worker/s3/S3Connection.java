package io.litoperator.worker.s3;

import io.litoperator.worker.transfer.Addresses;
import io.litoperator.worker.transfer.Authorities;
import io.litoperator.worker.transfer.Backoff;
import io.litoperator.worker.transfer.Proxies;
import io.litoperator.worker.transfer.Retries;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.ProxyConfiguration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;
import software.amazon.awssdk.transfer.s3.S3TransferManager;

/**
 * A client of an S3 service. Credentials, region and endpoint come as for all of Amazon's tools:
 * from variables ({@code AWS_ACCESS_KEY_ID}, {@code AWS_ENDPOINT_URL}, …), profiles, a service
 * account's role, or the machine.
 *
 * <p>With an endpoint of one's own, buckets are named in the path, as MinIO and Ceph want it, and
 * checksums are sent only where S3 requires them, as older servers know no others; {@value
 * #PATH_STYLE} and {@code AWS_REQUEST_CHECKSUM_CALCULATION} say otherwise.
 */
public final class S3Connection implements AutoCloseable {
  static final String PATH_STYLE = "LIT_S3_PATH_STYLE";

  private static final int CONNECTIONS = 64;
  private static final long PART_BYTES = 16L << 20;

  /** A service that is away for longer than this is not expected back. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final ToldHttp http;
  private final S3AsyncClient client;
  private final S3AsyncClient inParts;
  private final S3TransferManager uploads;
  private final Retries retries;

  private S3Connection(
      Map<String, String> environment, AwsCredentialsProvider credentials, Retries retries) {
    this.http = http(environment);
    this.client =
        builder(environment, credentials)
            // Whoever uses it tries again, longer and with a view to what failed.
            .overrideConfiguration(all -> all.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .build();
    this.inParts =
        builder(environment, credentials)
            .multipartEnabled(true)
            .multipartConfiguration(
                parts -> parts.minimumPartSizeInBytes(PART_BYTES).thresholdInBytes(PART_BYTES))
            .build();
    this.uploads = S3TransferManager.builder().s3Client(inParts).build();
    this.retries = retries;
  }

  private static ToldHttp http(Map<String, String> environment) {
    NettyNioAsyncHttpClient.Builder http =
        NettyNioAsyncHttpClient.builder()
            .maxConcurrency(CONNECTIONS)
            .proxyConfiguration(proxy(environment));
    Authorities.named(environment, "AWS_CA_BUNDLE", "SSL_CERT_FILE")
        .ifPresent(authorities -> http.tlsTrustManagersProvider(authorities::trustManagers));
    return new ToldHttp(http.build());
  }

  /** The process's own, whose threads and sockets all share; made when first needed. */
  public static S3Connection shared() {
    return Shared.CONNECTION;
  }

  private static final class Shared {
    static final S3Connection CONNECTION =
        of(
            System.getenv(),
            DefaultCredentialsProvider.builder().build(),
            new Retries(new Backoff(), PATIENCE));
  }

  /**
   * @param environment of which the variables for endpoints are read
   */
  static S3Connection of(
      Map<String, String> environment, AwsCredentialsProvider credentials, Retries retries) {
    return new S3Connection(environment, credentials, retries);
  }

  private S3AsyncClientBuilder builder(
      Map<String, String> environment, AwsCredentialsProvider credentials) {
    Optional<URI> endpoint = endpoint(environment);
    S3AsyncClientBuilder builder =
        S3AsyncClient.builder()
            .credentialsProvider(credentials)
            .region(region())
            .crossRegionAccessEnabled(endpoint.isEmpty())
            .forcePathStyle(
                Optional.ofNullable(environment.get(PATH_STYLE))
                    .map(Boolean::parseBoolean)
                    .orElse(endpoint.isPresent()))
            .httpClient(http);
    endpoint.ifPresent(builder::endpointOverride);
    if (endpoint.isPresent() && !environment.containsKey("AWS_REQUEST_CHECKSUM_CALCULATION")) {
      builder.requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED);
    }
    return builder;
  }

  private static Optional<URI> endpoint(Map<String, String> environment) {
    return Stream.of("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
        .filter(name -> !environment.getOrDefault(name, "").isBlank())
        .findFirst()
        .map(name -> Addresses.of(name, environment.get(name)));
  }

  /** Read here, as the library would look for that of HTTPS only where the proxy itself has TLS. */
  private static ProxyConfiguration proxy(Map<String, String> environment) {
    URI service = endpoint(environment).orElse(URI.create("https://s3.amazonaws.com"));
    ProxyConfiguration.Builder proxy =
        ProxyConfiguration.builder()
            .useSystemPropertyValues(false)
            .useEnvironmentVariableValues(false);
    Proxies.of(environment)
        .to(service)
        .ifPresent(
            there -> {
              proxy.host(there.host()).port(there.port());
              there
                  .login()
                  .ifPresent(login -> proxy.username(login.user()).password(login.password()));
            });
    return proxy.build();
  }

  /** Buckets of other regions are found from any. */
  private static Region region() {
    try {
      return new DefaultAwsRegionProviderChain().getRegion();
    } catch (SdkClientException e) {
      return Region.US_EAST_1;
    }
  }

  public Bucket bucket(String name) {
    return new Bucket(client, uploads, retries, name);
  }

  /**
   * @param alive told, by any thread, when some bytes of whatever is sent over this connection have
   *     gone, and of each try that has failed in this bucket, before the next
   */
  public Bucket bucket(String name, Runnable alive) {
    http.tell(alive);
    Backoff told =
        new Backoff() {
          @Override
          public void await(int attempt, Optional<String> retryAfter) throws InterruptedException {
            alive.run();
            retries.backoff().await(attempt, retryAfter);
          }
        };
    return new Bucket(client, uploads, new Retries(told, retries.patience()), name);
  }

  @Override
  public void close() {
    uploads.close();
    inParts.close();
    client.close();
    http.close();
  }
}
