package io.litoperator.worker.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.model.ModelDescription;
import io.litoperator.worker.model.published.PublishedLayout;
import io.litoperator.worker.model.published.TensorNames;
import io.litoperator.worker.safetensors.Cast;
import io.litoperator.worker.safetensors.DType;
import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Published models go in and out as they are. */
class ImportTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "llava-1.5, huggingface, F32",
    "llava-1.5, huggingface, F16",
    "llava-1.5, liuhaotian, BF16",
    "llava-1.5, tinyllava, F16",
    "siglip-qwen2, huggingface, BF16",
    "siglip-qwen2, tinyllava, F32",
    "siglip-qwen2, tinyllava, BF16",
    "llava-next, huggingface, BF16",
    "llava-next, liuhaotian, F16",
    "next-llama3, huggingface, BF16",
    "next-llama3, liuhaotian, F32",
    "next-qwen2, huggingface, F32",
    "next-qwen2, liuhaotian, BF16",
    "clip-phi, tinyllava, F16"
  })
  void importExportImportKeepsEveryByte(String fixture, String layout, DType dtype)
      throws IOException {
    PublishedLayout of = PublishedLayout.valueOf(layout.toUpperCase(Locale.ROOT));
    Path model = TinyModel.write(fixture, folder.resolve("model"));
    Path published = folder.resolve("published");
    Export.run(model, published, new Export.Form(of, Optional.of(dtype)), Progress.NONE);

    Path imported = imported(published);
    Path again = folder.resolve("again");
    Export.run(imported, again, new Export.Form(of, Optional.empty()), Progress.NONE);

    assertThat(Rewritten.content(imported)).hasSameSizeAs(Rewritten.content(model));
    assertThat(Rewritten.content(again)).isEqualTo(Rewritten.content(published));
    assertThat(ModelDescription.ofModel(imported).config())
        .isEqualTo(ModelDescription.ofModel(published).config());
    assertThat(JSON.readTree(again.resolve("config.json").toFile()))
        .isEqualTo(JSON.readTree(published.resolve("config.json").toFile()));
    assertThat(JSON.readTree(imported.resolve("config.json").toFile()).path("torch_dtype").asText())
        .isEqualTo(dtype == DType.F32 ? "float32" : dtype == DType.F16 ? "float16" : "bfloat16");
    if (dtype == DType.F32) {
      assertThat(Rewritten.content(imported)).isEqualTo(Rewritten.content(model));
    }
  }

  @ParameterizedTest
  @CsvSource({"TRANSFORMERS, 10000000", "TRANSFORMERS, 40000", "LIUHAOTIAN, 40000"})
  void namesAndShardsMayBeOthers(TensorNames names, long shardBytes) throws IOException {
    Path model = TinyModel.write("llava-1.5", folder.resolve("model"));
    Path other = TinyModel.write("llava-1.5", folder.resolve("other"));
    Files.delete(other.resolve("model.safetensors"));
    Path weights = folder.resolve("weights");
    Rewritten.as(model, names, DType.F32, shardBytes, weights);
    move(weights, other);

    Path imported = imported(other);

    assertThat(Rewritten.content(imported)).isEqualTo(Rewritten.content(model));
  }

  @Test
  void aTowerMayComeFromItsOwnFolder() throws IOException {
    Path model = TinyModel.write("llava-1.5", folder.resolve("model"));
    Path tower = folder.resolve("tower");
    Rewritten.part(model, TensorNames.VISION_TOWER, t -> t, tower);
    JsonNode config = JSON.readTree(model.resolve("config.json").toFile());
    JSON.writeValue(tower.resolve("config.json").toFile(), config.path("vision_config"));
    Files.move(
        model.resolve("preprocessor_config.json"), tower.resolve("preprocessor_config.json"));
    Path without = folder.resolve("without");
    Rewritten.changed(
        model, tensors -> tensors.removeIf(t -> t.name().startsWith("vision_tower")), without);
    Files.delete(model.resolve("model.safetensors"));
    move(without, model);

    Failure refused = catchThrowableOfType(Failure.class, () -> imported(model));
    assertThat(refused).hasMessageContaining("holds no vision tower");
    assertThat(refused).hasMessageContaining("--vision-tower");

    Path target = folder.resolve("imported");
    Import.run(model, Optional.of(tower), Optional.empty(), target, Progress.NONE);
    Path whole = TinyModel.write("llava-1.5", folder.resolve("whole"));
    assertThat(Rewritten.content(target)).isEqualTo(Rewritten.content(whole));
    assertThat(target.resolve("preprocessor_config.json")).exists();
  }

  /** As transformers 5 saves a model: no file of the image processor's own. */
  @Test
  void theProcessorMayBeNestedInTheWholeModels() throws IOException {
    Path model = TinyModel.write("llava-1.5", folder.resolve("model"));
    Path own = model.resolve("preprocessor_config.json");
    ObjectNode whole = JSON.createObjectNode().put("processor_class", "LlavaProcessor");
    JsonNode settings = JSON.readTree(own.toFile());
    whole.set("image_processor", settings);
    JSON.writeValue(model.resolve("processor_config.json").toFile(), whole);
    Files.delete(own);

    Path target = imported(model);

    assertThat(JSON.readTree(target.resolve("preprocessor_config.json").toFile()))
        .isEqualTo(settings);
    Path exported = folder.resolve("exported");
    Export.run(
        model,
        exported,
        new Export.Form(PublishedLayout.LIUHAOTIAN, Optional.empty()),
        Progress.NONE);
    assertThat(JSON.readTree(exported.resolve("preprocessor_config.json").toFile()))
        .isEqualTo(settings);
  }

  @ParameterizedTest
  @CsvSource({"HUGGINGFACE", "LIUHAOTIAN", "TINYLLAVA"})
  void publishedSettingsStandInOnlyWhereTheLayoutHasNone(PublishedLayout layout)
      throws IOException {
    Path model = TinyModel.write("llava-1.5", folder.resolve("model"));
    Path published = folder.resolve("published");
    Export.run(model, published, new Export.Form(layout, Optional.empty()), Progress.NONE);
    Files.delete(published.resolve("preprocessor_config.json"));
    Path target = folder.resolve("imported");

    if (layout == PublishedLayout.HUGGINGFACE) {
      Failure failure = catchThrowableOfType(Failure.class, () -> imported(published));
      assertThat(failure.exitCode()).isEqualTo(ExitCode.INPUT_MISSING);
      assertThat(failure).hasMessageContaining("preprocessor_config.json is missing");
      assertThat(target).doesNotExist();
    } else {
      Mapped mapped =
          Import.run(published, Optional.empty(), Optional.empty(), target, Progress.NONE);
      assertThat(mapped.lines())
          .last()
          .asString()
          .startsWith("preprocessor_config.json: as published with the tower")
          .contains(published.toString());
      assertThat(target.resolve("preprocessor_config.json")).exists();
    }
  }

  @Test
  void theTableCountsEachPart() throws IOException {
    Path model = TinyModel.write("siglip-qwen2", folder.resolve("model"));

    Mapped mapped =
        Export.run(
            model,
            folder.resolve("published"),
            new Export.Form(PublishedLayout.TINYLLAVA, Optional.of(DType.BF16)),
            Progress.NONE);

    assertThat(mapped.lines())
        .anySatisfy(
            line ->
                assertThat(line)
                    .matches(
                        "connector +4 +\\S+ k  F32 multi_modal_projector\\.\\* +BF16 connector\\._connector\\.\\*"))
        .hasSize(4);
  }

  @Test
  void buffersThatNoModelNeedsAreLeftOutAndSaid() throws IOException {
    Path model = TinyModel.write("llava-1.5", folder.resolve("model"));
    String buffer = "vision_tower.vision_model.embeddings.position_ids";
    change(model, tensors -> tensors.add(tensor(buffer, DType.I64, 1)));

    Mapped mapped =
        Import.run(
            model, Optional.empty(), Optional.empty(), folder.resolve("imported"), Progress.NONE);

    assertThat(mapped.lines().get(4)).contains(buffer);
  }

  @Test
  void whatIsLeftOverIsRefusedByItsName() throws IOException {
    Path model = TinyModel.write("llava-1.5", folder.resolve("model"));
    change(model, tensors -> tensors.add(tensor("language_model.model.extra", DType.F32, 1)));

    Failure failure = catchThrowableOfType(Failure.class, () -> imported(model));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.BAD_DATA);
    assertThat(failure).hasMessageContaining("language_model.model.extra");
    assertThat(folder.resolve("imported")).doesNotExist();
  }

  @Test
  void aTiedVocabularyMayBeThereTwiceButMustBeTheSame() throws IOException {
    Path model = TinyModel.write("siglip-qwen2", folder.resolve("model"));
    String head = "language_model.lm_head.weight";
    change(
        model,
        tensors ->
            tensors.add(
                Rewritten.renamed(
                    named(tensors, "language_model.model.embed_tokens.weight"), head)));
    assertThat(Rewritten.content(imported(model))).doesNotContainKey(head);

    change(
        model,
        tensors -> {
          NamedTensor same = named(tensors, head);
          tensors.remove(same);
          tensors.add(Cast.to(DType.F32, Cast.to(DType.BF16, same)));
        });
    Failure failure = catchThrowableOfType(Failure.class, () -> imported(model));
    assertThat(failure).hasMessageContaining("differs from").hasMessageContaining("tie_word");
  }

  @Test
  void anImportIsNotWrittenOverItsSource() throws IOException {
    Path model = imported(TinyModel.write("llava-1.5", folder.resolve("model")));
    byte[] weights = Files.readAllBytes(model.resolve("model.safetensors"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), model);
    Failure failure =
        catchThrowableOfType(
            Failure.class,
            () -> Import.run(model, Optional.empty(), Optional.empty(), link, Progress.NONE));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.INVALID);
    assertThat(failure).hasMessageContaining("holds the source itself");
    assertThat(model.resolve("model.safetensors")).hasBinaryContent(weights);
  }

  private Path imported(Path source) {
    Path target = folder.resolve("imported");
    Import.run(source, Optional.empty(), Optional.empty(), target, Progress.NONE);
    return target;
  }

  private void change(Path model, Consumer<List<NamedTensor>> change) throws IOException {
    Path changed = Files.createTempDirectory(folder, "changed");
    Rewritten.changed(model, change, changed);
    Files.delete(model.resolve("model.safetensors"));
    move(changed, model);
  }

  private static void move(Path from, Path to) throws IOException {
    for (String name : Folders.names(from)) {
      Files.move(from.resolve(name), to.resolve(name));
    }
  }

  private static NamedTensor named(List<NamedTensor> tensors, String name) {
    return tensors.stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
  }

  private static NamedTensor tensor(String name, DType dtype, int size) {
    return NamedTensor.of(
        name, dtype, new long[] {size}, ByteBuffer.allocate(size * dtype.bytes()));
  }
}
