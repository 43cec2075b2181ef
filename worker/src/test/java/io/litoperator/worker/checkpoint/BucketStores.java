package io.litoperator.worker.checkpoint;

import io.litoperator.api.job.BucketPath;
import io.litoperator.worker.s3.Bucket;
import io.litoperator.worker.s3.S3Connection;
import io.litoperator.worker.s3.S3Server;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Stores whose checkpoints are in a bucket, on two machines that share nothing else. */
abstract class BucketStores {
  static S3Server server;
  static S3Connection connection;

  @TempDir Path folder;
  Bucket bucket;
  BucketPath job;
  CheckpointStore here;
  CheckpointStore elsewhere;

  @BeforeAll
  static void start() {
    server = S3Server.start();
    connection = server.connect(Duration.ofSeconds(10));
  }

  @AfterAll
  static void stop() {
    connection.close();
    server.close();
  }

  @BeforeEach
  void makeStores() {
    bucket = connection.bucket(S3Server.BUCKET);
    job = new BucketPath(S3Server.BUCKET, UUID.randomUUID() + "/job");
    here = store(bucket, "here");
    elsewhere = store(bucket, "elsewhere");
  }

  CheckpointStore store(Bucket of, String machine) {
    LocalDisk disk = new LocalDisk();
    return new CheckpointStore(
        new BucketDestination(new FileDestination(folder.resolve(machine), disk), of, job), disk);
  }

  static Consumer<String> none() {
    return notice -> {
      throw new AssertionError(notice);
    };
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
