package io.litoperator.worker.checkpoint;

import io.litoperator.api.job.BucketPath;
import io.litoperator.worker.s3.Bucket;
import io.litoperator.worker.s3.S3Connection;
import io.litoperator.worker.s3.S3Server;
import io.litoperator.worker.s3.S3ServerExtension;
import io.litoperator.worker.transfer.Progress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Stores whose checkpoints are in a bucket, on two machines that share nothing else. */
@ExtendWith(S3ServerExtension.class)
abstract class BucketStores {
  @TempDir Path folder;
  S3Server server;
  Bucket bucket;
  BucketPath job;
  CheckpointStore here;
  CheckpointStore elsewhere;

  @BeforeEach
  void makeStores(S3Server running, S3Connection connection) {
    server = running;
    bucket = connection.bucket(S3Server.BUCKET);
    job = new BucketPath(S3Server.BUCKET, UUID.randomUUID() + "/job");
    here = store(bucket, "here");
    elsewhere = store(bucket, "elsewhere");
  }

  CheckpointStore store(Bucket of, String machine) {
    return store(of, machine, Progress.NONE);
  }

  CheckpointStore store(Bucket of, String machine, Progress progress) {
    LocalDisk disk = new LocalDisk();
    FileDestination staging = new FileDestination(folder.resolve(machine), disk, progress);
    return new CheckpointStore(new BucketDestination(staging, of, job), disk, progress);
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
