package io.litoperator.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.safetensors.DType;
import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.safetensors.Shards;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Snapshots of which the content tells the version, so that a mixture would be noticed. */
final class Snapshots {
  static final Fingerprint PLAN =
      new Fingerprint(new TreeMap<>(Map.of("seed", "42", "finetune.globalBatchSize", "64")));
  static final Map<String, long[]> SHAPES =
      Map.of("a.weight", new long[] {4, 8}, "b.bias", new long[] {8}, "c", new long[] {3, 1});

  /** Two files of parameters: 128 + 32 bytes do not fit into one, 32 + 12 do. */
  private static final long SHARD_BYTES = 140;

  private Snapshots() {}

  /** Saves a checkpoint that has one share. */
  static Saved save(CheckpointStore store, Snapshot snapshot) {
    return save(store.of(0, "pod"), snapshot);
  }

  static Saved save(AttemptStore store, Snapshot snapshot) {
    store.begin(snapshot.id());
    return store.finish(snapshot);
  }

  static CheckpointId pretrain(long step) {
    return new CheckpointId(Stage.PRETRAIN, step);
  }

  static CheckpointId finetune(long step) {
    return new CheckpointId(Stage.FINETUNE, step);
  }

  static Snapshot of(CheckpointId id) {
    return of(id, id.step(), SHAPES);
  }

  /**
   * @param version fills every tensor
   */
  static Snapshot of(CheckpointId id, long version, Map<String, long[]> shapes) {
    return of(id, version, shapes, Share.ALL);
  }

  /** One share of several, of which each has two of the moment's elements. */
  static Snapshot of(CheckpointId id, long version, Map<String, long[]> shapes, Share share) {
    TrainingState state =
        new TrainingState(
            id.stage(),
            id.step(),
            version,
            2,
            Objective.LIT,
            PLAN,
            Fingerprint.ofModel(shapes).digest());
    List<NamedTensor> model =
        shapes.entrySet().stream().map(e -> tensor(e.getKey(), e.getValue(), version)).toList();
    List<NamedTensor> optimizer = List.of(tensor("m", new long[] {2}, -version));
    byte[] config = ("{\"version\":" + version + "}").getBytes(StandardCharsets.UTF_8);
    return new Snapshot(
        state, share, Shards.of(model, SHARD_BYTES), optimizer, Map.of("config.json", config));
  }

  /** Checks that a checkpoint is one version throughout, and tells which. */
  static long version(Path folder) {
    Checkpoint checkpoint = Checkpoint.open(folder);
    long version = checkpoint.state().seed();
    for (String name : checkpoint.model().names()) {
      assertThat(checkpoint.model().floats(name)).containsOnly((float) version);
    }
    float[] moment = new float[(int) checkpoint.optimizer().elements("m")];
    checkpoint.optimizer().read("m", 0, moment.length, FloatBuffer.wrap(moment));
    assertThat(moment).containsOnly((float) -version);
    assertThat(folder.resolve("config.json")).hasContent("{\"version\":" + version + "}");
    return version;
  }

  /** Makes a file lost, cut or altered. */
  static void damage(String how, Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    switch (how) {
      case "loss" -> Files.delete(file);
      case "truncation" -> Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
      case "alteration" -> {
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
      }
      default -> throw new IllegalArgumentException(how);
    }
  }

  private static NamedTensor tensor(String name, long[] shape, long value) {
    ByteBuffer data =
        ByteBuffer.allocate((int) DType.F32.bytes(shape)).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[data.capacity() / Float.BYTES];
    Arrays.fill(values, value);
    data.asFloatBuffer().put(values);
    return NamedTensor.of(name, DType.F32, shape, data);
  }
}
