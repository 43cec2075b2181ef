package io.litoperator.worker.checkpoint;

import static io.litoperator.worker.checkpoint.Snapshots.SHAPES;
import static io.litoperator.worker.checkpoint.Snapshots.finetune;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  @TempDir Path folder;
  private Checkpoint checkpoint;

  @BeforeEach
  void save() {
    checkpoint =
        Checkpoint.open(
            Snapshots.save(new CheckpointStore(folder), Snapshots.of(finetune(1))).folder());
  }

  @Test
  void takesItsOwnModelAndPlan() {
    assertThatCode(() -> checkpoint.requireModel(SHAPES)).doesNotThrowAnyException();
    assertThatCode(() -> checkpoint.requirePlan(Snapshots.PLAN)).doesNotThrowAnyException();
  }

  @Test
  void namesTheFirstTensorOfAnotherShape() {
    Map<String, long[]> other = new HashMap<>(SHAPES);
    other.put("b.bias", new long[] {9});
    other.put("c", new long[] {9});

    refused(() -> checkpoint.requireModel(other), "tensor b.bias is [8] there and [9] in this job");
  }

  @Test
  void namesAMissingTensor() {
    Map<String, long[]> other = new HashMap<>(SHAPES);
    other.put("d", new long[] {9});

    refused(() -> checkpoint.requireModel(other), "tensor d is absent there and [9] in this job");
  }

  @Test
  void namesTheFirstFieldThatDiffers() {
    Map<String, String> other = new TreeMap<>(Snapshots.PLAN.fields());
    other.put("finetune.globalBatchSize", "32");

    refused(
        () -> checkpoint.requirePlan(new Fingerprint(new TreeMap<>(other))),
        "was saved by a different job: finetune.globalBatchSize was 64 and is 32; undo the change");
  }

  @Test
  void saysThatTheFolderIsMissing() {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> Checkpoint.open(folder.resolve("finetune-2")))
        .withMessageContaining("no checkpoint folder " + folder.resolve("finetune-2"))
        .matches(failure -> failure.exitCode() == ExitCode.INPUT_MISSING);
  }

  private static void refused(Runnable check, String message) {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(check::run)
        .withMessageContaining(message)
        .matches(failure -> failure.exitCode() == ExitCode.BAD_DATA);
  }

  @Test
  void aStateOfAnEarlierVersionIsRead() throws IOException {
    TrainingState state = Snapshots.of(finetune(3)).state();
    ObjectNode json = Json.MAPPER.valueToTree(state);
    json.putObject("random");

    assertThat(Json.MAPPER.treeToValue(json, TrainingState.class)).isEqualTo(state);
  }
}
