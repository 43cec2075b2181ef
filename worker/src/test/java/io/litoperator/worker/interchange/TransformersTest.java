package io.litoperator.worker.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.litoperator.worker.Fixtures;
import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.image.ImageProcessor;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.ModelPlan.ConversationTemplate;
import io.litoperator.worker.plan.ModelPlan.ImageAspect;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.safetensors.DType;
import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exports in the hands of the published transformers. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class TransformersTest {
  /** With torch and transformers: {@code -Dlit.python}, or that of the PATH. */
  private static final String PYTHON = System.getProperty("lit.python", "python3");

  /** To import them takes longer than all else. */
  private static final String HAS_LIBRARIES =
      "import sys; from importlib.util import find_spec; sys.exit(not all(map(find_spec, ['torch', 'transformers', 'PIL'])))";

  @TempDir Path folder;

  private static Process checks;

  @BeforeAll
  static void startPython() throws IOException, InterruptedException, URISyntaxException {
    assumeTrue(hasLibraries(), "needs Python with torch, transformers and Pillow");
    Path script = Path.of(TransformersTest.class.getResource("check_export.py").toURI());
    checks = new ProcessBuilder(PYTHON, script.toString()).redirectError(Redirect.INHERIT).start();
  }

  private static boolean hasLibraries() throws InterruptedException {
    try {
      return new ProcessBuilder(PYTHON, "-c", HAS_LIBRARIES).inheritIO().start().waitFor() == 0;
    } catch (IOException e) {
      return false; // no such program
    }
  }

  @AfterAll
  static void endPython() {
    if (checks != null) {
      checks.destroyForcibly();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "llava-1.5, PAD, VICUNA_V1",
    "llava-1.5, SQUARE, VICUNA_V1",
    "llava-next, ANYRES, VICUNA_V1",
    "next-llama3, ANYRES, LLAMA_3",
    "next-qwen2, ANYRES, CHATML",
    "siglip-qwen2, PAD, VICUNA_V1",
    "siglip-qwen2, SQUARE, CHATML"
  })
  void transformersComputesTheReferencesLogitsAndSeesOurPixels(
      String fixture, ImageAspect aspect, ConversationTemplate conversation) throws IOException {
    Path model = TinyModel.write(fixture, folder.resolve("model"));
    ModelPlan plan = TinyModel.plan(model, aspect, conversation);
    Path checkpoint = TinyModel.checkpoint(model, plan, folder.resolve("checkpoints"), 100_000);
    Path target = folder.resolve("exported");
    Export.run(checkpoint, target, Progress.NONE);

    assertThat(
            answer(
                prompt(conversation),
                target,
                Fixtures.root().resolve("steps").resolve(fixture),
                Fixtures.root().resolve("images"),
                prepared(checkpoint, pictures(fixture))))
        .isEqualTo("equal");
  }

  /** What a model is asked, with lines apart by {@code \n} of two characters. */
  private static String prompt(ConversationTemplate conversation) {
    return switch (conversation) {
      case VICUNA_V1 -> "A chat. USER: <image>\\nWho? ASSISTANT:";
      case CHATML ->
          "<|im_start|>system\\nA chat.<|im_end|>\\n<|im_start|>user\\n<image>\\nWho?<|im_end|>\\n"
              + "<|im_start|>assistant\\n";
      case LLAMA_3 ->
          "<|start_header_id|>system<|end_header_id|>\\n\\nA chat.<|eot_id|>"
              + "<|start_header_id|>user<|end_header_id|>\\n\\n<image>\\nWho?<|eot_id|>"
              + "<|start_header_id|>assistant<|end_header_id|>\\n\\n";
      case MISTRAL -> "[INST] <image>\\nWho? [/INST]";
    };
  }

  private static String answer(String prompt, Path... files) throws IOException {
    String line =
        Stream.concat(Stream.of(prompt), Stream.of(files).map(Path::toString))
            .collect(Collectors.joining("\t"));
    checks.outputWriter().append(line).append("\n").flush();
    return checks.inputReader().readLine();
  }

  /**
   * Of several shapes. None has tiles with an odd margin, which their side decides, and of which
   * transformers 4.49 loses a row, other than LLaVA.
   */
  private static List<String> pictures(String fixture) {
    return fixture.startsWith("next-")
        ? List.of("rgb-large.png", "rgba.png", "palette.png", "tall.png")
        : List.of("rgb-large.png", "rgba.png", "gray.png", "wide.png");
  }

  /** What a checkpoint's tower sees of pictures, by their files' names. */
  private Path prepared(Path checkpoint, List<String> pictures) {
    Path pixels = folder.resolve("pixels");
    try (ModelSources sources = ModelSources.open(ModelFolder.planOf(checkpoint))) {
      ImageProcessor images = sources.images(Stage.FINETUNE);
      List<NamedTensor> tensors =
          pictures.stream()
              .map(name -> tensor(name, images.process(Fixtures.root().resolve("images/" + name))))
              .toList();
      ModelWriter.write(pixels, tensors, Long.MAX_VALUE, Map.of(), Progress.NONE);
    }
    return pixels.resolve("model.safetensors");
  }

  /** (views, 3, height, width). */
  private static NamedTensor tensor(String name, Pixels pixels) {
    ByteBuffer data =
        ByteBuffer.allocate(pixels.values().length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(pixels.values());
    long[] shape = {pixels.views(), 3, pixels.height(), pixels.width()};
    return NamedTensor.of(name, DType.F32, shape, data);
  }
}
