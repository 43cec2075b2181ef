package io.litoperator.worker.checkpoint;

import static io.litoperator.worker.checkpoint.Snapshots.finetune;
import static io.litoperator.worker.checkpoint.Snapshots.pretrain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.safetensors.Weights;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointStoreTest {
  private static final Consumer<String> NO_NOTICE =
      notice -> {
        throw new AssertionError(notice);
      };

  @TempDir Path folder;
  private CheckpointStore store;

  @BeforeEach
  void open() {
    store = new CheckpointStore(folder.resolve("jobs/job"));
  }

  @Test
  void aSavedCheckpointOpensAsItWas() {
    Saved saved = save(finetune(7));

    Checkpoint checkpoint = Checkpoint.open(saved.folder());

    assertThat(checkpoint.state()).isEqualTo(Snapshots.of(finetune(7)).state());
    assertThat(Snapshots.version(saved.folder())).isEqualTo(7);
    assertThat(saved.id()).isEqualTo(finetune(7));
    assertThat(saved.folder()).isEqualTo(folder.resolve("jobs/job/finetune-7"));
    assertThat(saved.bytes()).isEqualTo(sizeWithoutManifest(saved.folder()));
    assertThat(saved.digest()).hasSize(64);
    assertThat(saved.seconds()).isPositive();
  }

  @Test
  void howFarWritingAndVerifyingAreIsTold() {
    List<String> told = new ArrayList<>();
    CheckpointStore telling =
        new CheckpointStore(
            folder.resolve("told"),
            (what, done, total) -> told.add("%s %d/%d".formatted(what, done, total)));

    Saved saved = Snapshots.save(telling, Snapshots.of(finetune(7)));
    telling.newestVerified(NO_NOTICE);

    assertThat(told)
        .startsWith("writing finetune-7 128/180")
        .contains("writing finetune-7 180/180")
        .endsWith("verifying finetune-7 %1$d/%1$d".formatted(saved.bytes()));
  }

  @Test
  void theModelIsShardedAsHuggingFaceReadsIt() throws IOException {
    Path saved = save(finetune(1)).folder();

    JsonNode index = Json.MAPPER.readTree(saved.resolve("model.safetensors.index.json").toFile());

    assertThat(index.at("/metadata/total_size").longValue()).isEqualTo(172);
    JsonNode weightMap = index.get("weight_map");
    assertThat(weightMap.get("a.weight").textValue()).isEqualTo("model-00001-of-00002.safetensors");
    assertThat(weightMap.get("b.bias").textValue()).isEqualTo("model-00002-of-00002.safetensors");
    assertThat(weightMap.get("c").textValue()).isEqualTo("model-00002-of-00002.safetensors");
    assertThat(Weights.open(saved).names()).containsExactlyInAnyOrder("a.weight", "b.bias", "c");
  }

  @Test
  void stateTellsThePlansDigestToOthers() throws IOException {
    JsonNode state =
        Json.MAPPER.readTree(save(finetune(1)).folder().resolve("state.json").toFile());

    assertThat(state.get("planDigest").textValue()).isEqualTo(Snapshots.PLAN.digest());
  }

  @Test
  void theOrderIsThatOfTraining() throws IOException {
    List.of(finetune(9), pretrain(100), finetune(10), pretrain(20)).forEach(this::save);
    Files.createDirectory(folder.resolve("jobs/job/logs"));

    assertThat(store.list())
        .containsExactly(finetune(10), finetune(9), pretrain(100), pretrain(20));
    assertThat(store.newestVerified(NO_NOTICE)).contains(finetune(10));
  }

  @Test
  void aJobWithoutAFolderHasNoCheckpoints() {
    assertThat(store.list()).isEmpty();
    assertThat(store.newestVerified(NO_NOTICE)).isEmpty();
    store.of(0, "pod").recover(notice -> {});
    store.of(0, "pod").prune(1, Set.of(), NO_NOTICE);
  }

  @ParameterizedTest(name = "{0} of {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "loss       | model-00001-of-00002.safetensors | is missing",
        "truncation | model-00002-of-00002.safetensors | bytes instead of",
        "alteration | model-00001-of-00002.safetensors | was altered",
        "alteration | model.safetensors.index.json     | was altered",
        "loss       | optimizer-0.safetensors          | is missing",
        "truncation | optimizer-0.safetensors          | bytes instead of",
        "alteration | optimizer-0.safetensors          | was altered",
        "loss       | state.json                       | is missing",
        "truncation | state.json                       | bytes instead of",
        "alteration | state.json                       | was altered",
        "alteration | config.json                      | was altered",
        "loss       | manifest.json                    | is missing",
        "truncation | manifest.json                    | is not a valid manifest",
      })
  void aDamagedCheckpointIsPassedOver(String damage, String file, String what) throws IOException {
    save(finetune(1));
    Path newer = save(finetune(2)).folder();
    Snapshots.damage(damage, newer.resolve(file));
    List<String> notices = new ArrayList<>();

    assertThat(store.newestVerified(notices::add)).contains(finetune(1));

    assertThat(notices).hasSize(1);
    assertThat(notices.get(0))
        .startsWith("Checkpoint " + newer + " is damaged and passed over: " + file)
        .contains(what)
        .endsWith(".");
    assertThat(newer).as("left for a person to look at").exists();
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> Checkpoint.open(newer))
        .withMessageStartingWith("Checkpoint " + newer + " is damaged: " + file)
        .withMessageContaining(what)
        .matches(failure -> failure.exitCode() == ExitCode.BAD_DATA);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "{}",
        "null",
        "[]",
        "{\"format\":1}",
        "{\"format\":1,\"files\":[{\"name\":\"../../state.json\",\"size\":1,\"sha256\":\"\"}]}",
        "{\"format\":1,\"files\":[{\"name\":\"state.json\",\"size\":1}]}",
        "{\"format\":2,\"files\":[]}",
      })
  void aForgedManifestIsDamage(String manifest) throws IOException {
    Path saved = save(finetune(1)).folder();
    Files.writeString(saved.resolve("manifest.json"), manifest);

    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> Checkpoint.openVerified(saved))
        .withMessageContaining("manifest.json is not");
  }

  @Test
  void filesThatTheManifestDoesNotNameAreNoPartOfIt() throws IOException {
    Path saved = save(finetune(1)).folder();
    Files.writeString(saved.resolve("model-00003-of-00003.safetensors"), "junk");
    Files.writeString(saved.resolve("notes.txt"), "my favourite");

    assertThat(Snapshots.version(saved)).isEqualTo(1);
  }

  private Saved save(CheckpointId id) {
    return Snapshots.save(store, Snapshots.of(id));
  }

  private static long sizeWithoutManifest(Path folder) {
    long total = 0;
    for (File file : folder.toFile().listFiles()) {
      total += file.getName().equals("manifest.json") ? 0 : file.length();
    }
    return total;
  }
}
