package io.litoperator.worker.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.api.job.BucketPath;
import io.litoperator.worker.plan.SourceCopy;
import io.litoperator.worker.s3.Bucket;
import io.litoperator.worker.s3.S3Connection;
import io.litoperator.worker.s3.S3Server;
import io.litoperator.worker.s3.S3ServerExtension;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(S3ServerExtension.class)
class BucketCopiesTest {
  @TempDir Path folder;
  private Bucket bucket;
  private String prefix;
  private BucketCopies copies;

  @BeforeEach
  void fill(S3Connection connection) throws IOException {
    bucket = connection.bucket(S3Server.BUCKET);
    prefix = UUID.randomUUID().toString();
    copies = new BucketCopies(folder, connection::bucket);
    write("data.json", "[]");
    write("data.json.bak", "no");
    write("images/1.jpg", "one");
    write("images/deep/2.jpg", "two");
    write("imagesque/3.jpg", "no");
    write("t/train-0.parquet", "a");
    write("t/train-1.parquet", "b");
    write("t/test-0.parquet", "no");
  }

  @Test
  void objectsFoldersAndPatterns() throws IOException {
    SourceCopy file = copy("data.json");
    SourceCopy images = copy("images");
    SourceCopy pattern = copy("t/train-*.parquet");

    assertThat(file.path()).hasContent("[]");
    assertThat(file.origin()).isEqualTo("s3://bucket/" + prefix + "/data.json");
    assertThat(images.path().resolve("1.jpg")).hasContent("one");
    assertThat(images.path().resolve("deep/2.jpg")).hasContent("two");
    assertThat(pattern.path()).isEqualTo(folder.resolve("bucket/" + prefix + "/t/train-*.parquet"));
    assertThat(pattern.path().resolveSibling("train-1.parquet")).hasContent("b");
    assertThat(pattern.path().resolveSibling("test-0.parquet")).doesNotExist();
    assertThat(folder.resolve("bucket/" + prefix + "/imagesque")).doesNotExist();
    assertThat(folder.resolve("bucket/" + prefix + "/data.json.bak")).doesNotExist();
  }

  @Test
  void onlyWhatChangedIsBroughtAgain() throws IOException {
    copy("images");
    assertThat(bytesBrought("images")).isZero();

    write("images/4.jpg", "four");
    bucket.delete(prefix + "/images/deep/2.jpg");

    assertThat(bytesBrought("images")).isEqualTo(4);
    Path images = folder.resolve("bucket/" + prefix + "/images");
    assertThat(images.resolve("4.jpg")).hasContent("four");
    assertThat(images.resolve("deep/2.jpg")).as("what was removed there").doesNotExist();
  }

  private long bytesBrought(String name) throws IOException {
    AtomicLong bytes = new AtomicLong();
    copies.copy(
        "s3",
        path(name),
        paths -> paths,
        (what, done, total) -> bytes.accumulateAndGet(done, Math::max));
    return bytes.get();
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertThatThrownBy(() -> copy("nowhere"))
        .isInstanceOf(BucketCopies.Missing.class)
        .hasMessage("there is nothing at s3://bucket/" + prefix + "/nowhere; correct it");
    assertThatThrownBy(
            () ->
                copies.copy("s3", new BucketPath("elsewhere", "a"), paths -> paths, Progress.NONE))
        .isInstanceOf(BucketCopies.Missing.class)
        .hasMessageContaining("does not exist");
  }

  private SourceCopy copy(String name) throws IOException {
    return copies.copy(path(name).toString(), path(name), paths -> paths, Progress.NONE);
  }

  private BucketPath path(String name) {
    return new BucketPath(S3Server.BUCKET, prefix + "/" + name);
  }

  private void write(String name, String content) throws IOException {
    bucket.write(prefix + "/" + name, content.getBytes(StandardCharsets.UTF_8));
  }
}
