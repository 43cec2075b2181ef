package io.litoperator.worker.checkpoint;

import io.litoperator.worker.digest.Sha256;
import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.safetensors.SafetensorsWriter;
import io.litoperator.worker.safetensors.Shards;
import io.litoperator.worker.transfer.Meter;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes files of one checkpoint into a folder, and keeps their sizes and digests. */
final class TrainingFiles {
  static final String STATE = "state.json";
  static final String MODEL = "model-";
  static final String OPTIMIZER = "optimizer-";

  private final Disk disk;
  private final Path folder;
  private final Progress progress;
  private final List<Manifest.Entry> written = new ArrayList<>();

  /**
   * @param progress told how far the writing of a share is
   */
  TrainingFiles(Disk disk, Path folder, Progress progress) {
    this.disk = disk;
    this.folder = folder;
    this.progress = progress;
  }

  /** What was written. */
  List<Manifest.Entry> written() {
    return List.copyOf(written);
  }

  /** Writes a share; when this returns, all of it is on the device. */
  void write(Snapshot snapshot) throws IOException {
    Share share = snapshot.share();
    SortedMap<String, List<NamedTensor>> tensors = share.of(snapshot.model());
    tensors.put(OPTIMIZER + share.index() + ".safetensors", snapshot.optimizer());
    Meter meter = new Meter("writing " + snapshot.id(), snapshot.bytes(), progress);
    for (Map.Entry<String, List<NamedTensor>> file : tensors.entrySet()) {
      write(file.getKey(), out -> SafetensorsWriter.write(out, file.getValue(), meter));
    }
    if (share.isFirst()) {
      write(Shards.INDEX, snapshot.model().index());
      write(STATE, Json.MAPPER.writeValueAsBytes(snapshot.state()));
      for (Map.Entry<String, byte[]> file : new TreeMap<>(snapshot.sideFiles()).entrySet()) {
        write(file.getKey(), file.getValue());
      }
    }
  }

  void write(String name, byte[] bytes) throws IOException {
    write(
        name,
        out -> {
          ByteBuffer buffer = ByteBuffer.wrap(bytes);
          while (buffer.hasRemaining()) {
            out.write(buffer);
          }
        });
  }

  private void write(String name, Content content) throws IOException {
    Digesting digesting = new Digesting(disk.create(folder.resolve(name)));
    try (digesting) {
      content.writeTo(digesting);
    }
    written.add(new Manifest.Entry(name, digesting.size, Sha256.hex(digesting.sha256)));
  }

  private interface Content {
    void writeTo(WritableByteChannel out) throws IOException;
  }

  /** Counts and digests what passes through. */
  private static final class Digesting implements WritableByteChannel {
    private final WritableByteChannel out;
    private final MessageDigest sha256 = Sha256.start();
    private long size;

    Digesting(WritableByteChannel out) {
      this.out = out;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      ByteBuffer seen = bytes.duplicate();
      int count = out.write(bytes);
      sha256.update(seen.limit(seen.position() + count));
      size += count;
      return count;
    }

    @Override
    public boolean isOpen() {
      return out.isOpen();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
