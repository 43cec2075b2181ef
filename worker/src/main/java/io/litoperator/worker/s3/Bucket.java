package io.litoperator.worker.s3;

import io.litoperator.worker.transfer.Parallel;
import io.litoperator.worker.transfer.Retries;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.transfer.s3.S3TransferManager;

/**
 * A bucket. Every operation blocks until it is done, is tried again while the service fails, and
 * ends in a {@link BucketFault} or a {@link io.litoperator.worker.transfer.Transient}.
 */
public final class Bucket {
  private static final long RANGE = 8L << 20;
  private static final int RANGES_AT_ONCE = 4;
  private static final int CONFLICT = 409;
  private static final int PRECONDITION_FAILED = 412;
  private static final int NOT_IMPLEMENTED = 501;

  private final S3AsyncClient client;
  private final S3TransferManager uploads;
  private final Retries retries;
  private final String name;

  Bucket(S3AsyncClient client, S3TransferManager uploads, Retries retries, String name) {
    this.client = client;
    this.uploads = uploads;
    this.retries = retries;
    this.name = name;
  }

  /** All objects whose keys start so, in the order of their keys. */
  public List<StoredObject> list(String prefix) throws IOException {
    List<StoredObject> objects = new ArrayList<>();
    for (ListObjectsV2Response page : pages(prefix, null)) {
      page.contents()
          .forEach(o -> objects.add(new StoredObject(o.key(), o.size(), o.lastModified())));
    }
    return objects;
  }

  /**
   * The next parts of keys, up to a slash, of which there are objects.
   *
   * @param prefix ends with a slash or is empty
   */
  public List<String> folders(String prefix) throws IOException {
    List<String> folders = new ArrayList<>();
    for (ListObjectsV2Response page : pages(prefix, "/")) {
      page.commonPrefixes()
          .forEach(
              folder ->
                  folders.add(
                      folder.prefix().substring(prefix.length(), folder.prefix().length() - 1)));
    }
    return folders;
  }

  private List<ListObjectsV2Response> pages(String prefix, String delimiter) throws IOException {
    List<ListObjectsV2Response> pages = new ArrayList<>();
    String next = null;
    do {
      ListObjectsV2Request request =
          ListObjectsV2Request.builder()
              .bucket(name)
              .prefix(prefix)
              .delimiter(delimiter)
              .continuationToken(next)
              .build();
      ListObjectsV2Response page = call(prefix, () -> client.listObjectsV2(request));
      pages.add(page);
      next = page.nextContinuationToken();
    } while (next != null);
    return pages;
  }

  /** The content of a small object; empty if there is none. */
  public Optional<byte[]> read(String key) throws IOException {
    return get(key).map(ResponseBytes::asByteArray);
  }

  private Optional<ResponseBytes<GetObjectResponse>> get(String key) throws IOException {
    return retries.call(
        () -> {
          try {
            return Optional.of(
                client
                    .getObject(r -> r.bucket(name).key(key), AsyncResponseTransformer.toBytes())
                    .join());
          } catch (CompletionException e) {
            if (e.getCause() instanceof NoSuchKeyException) {
              return Optional.empty();
            }
            throw BucketFault.of(e, uri(key));
          }
        });
  }

  /** Makes or replaces a small object. */
  public void write(String key, byte[] content) throws IOException {
    call(
        key,
        () -> client.putObject(r -> r.bucket(name).key(key), AsyncRequestBody.fromBytes(content)));
  }

  /**
   * Makes a small object unless it is there.
   *
   * @return whether it was made by this call
   */
  public boolean create(String key, byte[] content) throws IOException {
    return put(key, content, request -> request.ifNoneMatch("*"));
  }

  /**
   * Replaces a small object, or makes it, if it still is what somebody has read; of several that do
   * so at once, one does. Where a service knows no conditions, the last of them prevails.
   *
   * @param before content of the object; empty if there was none
   * @return false if nothing was changed; after a reply that was lost, also if it was
   */
  public boolean replace(String key, Optional<byte[]> before, byte[] content) throws IOException {
    if (before.isEmpty()) {
      return create(key, content);
    }
    Optional<ResponseBytes<GetObjectResponse>> there =
        get(key).filter(object -> Arrays.equals(object.asByteArray(), before.get()));
    return there.isPresent()
        && put(key, content, request -> request.ifMatch(there.get().response().eTag()));
  }

  /**
   * @return false if the condition does not hold
   */
  private boolean put(String key, byte[] content, Consumer<PutObjectRequest.Builder> condition)
      throws IOException {
    return retries.call(
        () -> {
          try {
            client
                .putObject(
                    r -> condition.accept(r.bucket(name).key(key)),
                    AsyncRequestBody.fromBytes(content))
                .join();
            return true;
          } catch (CompletionException e) {
            if (e.getCause() instanceof S3Exception answer) {
              switch (answer.statusCode()) {
                case CONFLICT, PRECONDITION_FAILED -> {
                  return false;
                }
                case NOT_IMPLEMENTED -> {
                  write(key, content);
                  return true;
                }
                default -> {}
              }
            }
            throw BucketFault.of(e, uri(key));
          }
        });
  }

  /**
   * Makes or replaces an object, a large one in parts at the same time.
   *
   * @param sent told of bytes as they go; of less than nothing where a try starts over
   */
  public void upload(Path file, String key, LongConsumer sent) throws IOException {
    retries.call(
        () -> {
          try (ToldBytes told = new ToldBytes(sent)) {
            await(
                key,
                () ->
                    uploads
                        .uploadFile(
                            r ->
                                r.source(file)
                                    .putObjectRequest(p -> p.bucket(name).key(key))
                                    .addTransferListener(told))
                        .completionFuture());
            told.keep(Files.size(file));
            return null;
          }
        });
  }

  /**
   * Writes an object to a file, which it replaces, by several ranges at the same time.
   *
   * @param size of the object in bytes
   * @param received told of bytes as they come
   */
  public void download(String key, long size, Path file, LongConsumer received) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      List<Long> ranges = LongStream.iterate(0, at -> at < size, at -> at + RANGE).boxed().toList();
      Parallel.each(
          ranges,
          RANGES_AT_ONCE,
          at -> {
            ByteBuffer bytes = range(key, at).asByteBuffer();
            received.accept(bytes.remaining());
            long position = at;
            while (bytes.hasRemaining()) {
              position += channel.write(bytes, position);
            }
          });
    }
  }

  private ResponseBytes<?> range(String key, long from) throws IOException {
    return call(
        key,
        () ->
            client.getObject(
                r -> r.bucket(name).key(key).range("bytes=%d-%d".formatted(from, from + RANGE - 1)),
                AsyncResponseTransformer.toBytes()));
  }

  /** Removes an object, if it is there. */
  public void delete(String key) throws IOException {
    call(key, () -> client.deleteObject(r -> r.bucket(name).key(key)));
  }

  private <T> T call(String key, Supplier<CompletableFuture<T>> request) throws IOException {
    return retries.call(() -> await(key, request));
  }

  private <T> T await(String key, Supplier<CompletableFuture<T>> request) throws IOException {
    try {
      return request.get().join();
    } catch (CompletionException | software.amazon.awssdk.core.exception.SdkException e) {
      throw BucketFault.of(e, uri(key));
    }
  }

  private String uri(String key) {
    return "s3://" + name + "/" + key;
  }
}
