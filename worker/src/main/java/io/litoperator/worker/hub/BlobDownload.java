package io.litoperator.worker.hub;

import io.litoperator.api.job.HubPath;
import io.litoperator.worker.transfer.Transient;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** Gets a blob: goes on where an earlier try has ended, and takes it only as it is meant to be. */
record BlobDownload(HubClient client, HubCache cache) {
  private static final int CHUNK = 1 << 16;

  /** A connection that sends nothing for this long is given up. */
  private static final Duration STALL = Duration.ofSeconds(60);

  private static final int PARTIAL_CONTENT = 206;

  private static final ScheduledExecutorService WATCH =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "download-watch");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Returns when the blob is there.
   *
   * @param received told of bytes as they come, of those of an earlier try at first
   */
  void run(HubPath source, String commit, HubFile file, LongConsumer received) throws IOException {
    Path blob = cache.blob(source, file);
    if (Files.exists(blob)) {
      received.accept(file.size());
      return;
    }
    Path incomplete = cache.incomplete(source, file);
    Files.createDirectories(incomplete.getParent());
    AtomicLong told = new AtomicLong();
    LongConsumer counted =
        bytes -> {
          told.addAndGet(bytes);
          received.accept(bytes);
        };
    try {
      complete(source, commit, file, incomplete, counted);
      requireContent(source, file, incomplete);
    } catch (IOException e) {
      received.accept(-told.get());
      throw e;
    }
    Files.move(incomplete, blob, StandardCopyOption.ATOMIC_MOVE);
  }

  private void complete(
      HubPath source, String commit, HubFile file, Path incomplete, LongConsumer received)
      throws IOException {
    long have = Files.exists(incomplete) ? Files.size(incomplete) : 0;
    if (have > file.size()) {
      Files.delete(incomplete);
      have = 0;
    }
    if (have == file.size() && have > 0) {
      received.accept(have);
      return;
    }
    HttpResponse<InputStream> answer = client.content(source, commit, file, have);
    boolean goesOn = answer.statusCode() == PARTIAL_CONTENT;
    try (InputStream body = answer.body();
        FileChannel out =
            FileChannel.open(
                incomplete,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                goesOn ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING)) {
      received.accept(goesOn ? have : 0);
      copy(source, body, out, received);
    }
    long size = Files.size(incomplete);
    if (size < file.size()) {
      throw cut(source, new IOException("%d of %d bytes".formatted(size, file.size())));
    }
  }

  private static void copy(HubPath source, InputStream body, FileChannel out, LongConsumer received)
      throws IOException {
    byte[] chunk = new byte[CHUNK];
    AtomicLong aliveAt = new AtomicLong(System.nanoTime());
    ScheduledFuture<?> watch = watch(body, aliveAt);
    try {
      int count = read(source, body, chunk);
      while (count >= 0) {
        aliveAt.set(System.nanoTime());
        ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, count);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        received.accept(count);
        count = read(source, body, chunk);
      }
    } finally {
      watch.cancel(false);
    }
  }

  /** Hangs up when nothing comes any more; the reader then fails. */
  private static ScheduledFuture<?> watch(InputStream body, AtomicLong aliveAt) {
    return WATCH.scheduleWithFixedDelay(
        () -> {
          if (System.nanoTime() - aliveAt.get() > STALL.toNanos()) {
            closeQuietly(body);
          }
        },
        1,
        1,
        TimeUnit.SECONDS);
  }

  private static void closeQuietly(InputStream body) {
    try {
      body.close();
    } catch (IOException e) {
      // The reader tells that it was cut.
    }
  }

  /** What fails here is the network's, unlike a failure to write. */
  private static int read(HubPath source, InputStream body, byte[] chunk) throws IOException {
    try {
      return body.read(chunk);
    } catch (IOException e) {
      throw cut(source, e);
    }
  }

  private static Transient cut(HubPath source, IOException cause) {
    return new Transient(
        "the download of %s was cut (%s)".formatted(source, cause.getMessage()),
        Optional.empty(),
        cause);
  }

  private static void requireContent(HubPath source, HubFile file, Path incomplete)
      throws IOException {
    MessageDigest digest = file.startDigest();
    try (InputStream in = Files.newInputStream(incomplete)) {
      byte[] chunk = new byte[CHUNK];
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        digest.update(chunk, 0, count);
      }
    }
    if (!HexFormat.of().formatHex(digest.digest()).equals(file.digest())) {
      Files.delete(incomplete);
      throw new Transient(
          "%s of %s came altered".formatted(file.path(), source), Optional.empty(), null);
    }
  }
}
