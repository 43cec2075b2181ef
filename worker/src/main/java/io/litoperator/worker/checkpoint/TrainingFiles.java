package io.litoperator.worker.checkpoint;

import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.safetensors.SafetensorsWriter;
import io.litoperator.worker.safetensors.Shards;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes the files of one checkpoint into a folder, the manifest last. */
final class TrainingFiles {
  static final String STATE = "state.json";
  static final String MODEL = "model-";
  static final String OPTIMIZER = "optimizer-";

  private final Disk disk;
  private final Path folder;
  private final long shardBytes;
  private final List<Manifest.Entry> written = new ArrayList<>();

  TrainingFiles(Disk disk, Path folder, long shardBytes) {
    this.disk = disk;
    this.folder = folder;
    this.shardBytes = shardBytes;
  }

  /** Writes a snapshot; when this returns, all of it is on the device. */
  static Manifest write(Disk disk, Path folder, long shardBytes, Snapshot snapshot)
      throws IOException {
    return new TrainingFiles(disk, folder, shardBytes).write(snapshot);
  }

  private Manifest write(Snapshot snapshot) throws IOException {
    writeModel(snapshot.model());
    writeTensors(OPTIMIZER + "0.safetensors", snapshot.optimizer());
    writeBytes(STATE, Json.MAPPER.writeValueAsBytes(snapshot.state()));
    for (Map.Entry<String, byte[]> file : new TreeMap<>(snapshot.sideFiles()).entrySet()) {
      writeBytes(file.getKey(), file.getValue());
    }
    Manifest manifest = new Manifest(Manifest.FORMAT, written);
    writeBytes(Manifest.FILE, manifest.toJson());
    disk.syncFolder(folder);
    return manifest;
  }

  /** In shards with an index, as Hugging Face's readers expect. */
  private void writeModel(List<NamedTensor> tensors) throws IOException {
    Shards shards = Shards.of(tensors, shardBytes);
    for (Map.Entry<String, List<NamedTensor>> file : shards.files().entrySet()) {
      writeTensors(file.getKey(), file.getValue());
    }
    writeBytes(Shards.INDEX, shards.index());
  }

  private void writeTensors(String name, List<NamedTensor> tensors) throws IOException {
    write(name, out -> SafetensorsWriter.write(out, tensors));
  }

  private void writeBytes(String name, byte[] bytes) throws IOException {
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
