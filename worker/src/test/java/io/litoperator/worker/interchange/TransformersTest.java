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
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exports in the hands of the published transformers. */
class TransformersTest {
  /** With torch and transformers: {@code -Dlit.python}, or that of the PATH. */
  private static final String PYTHON = System.getProperty("lit.python", "python3");

  /** To import them takes longer than all else. */
  private static final String HAS_LIBRARIES =
      "import sys; from importlib.util import find_spec; sys.exit(not all(map(find_spec, ['torch', 'transformers', 'PIL'])))";

  @TempDir Path folder;

  @BeforeAll
  static void findPython() throws IOException, InterruptedException {
    assumeTrue(
        succeeds(PYTHON, "-c", HAS_LIBRARIES), "needs Python with torch, transformers and Pillow");
  }

  @ParameterizedTest
  @CsvSource({
    "llava-1.5, PAD",
    "llava-1.5, SQUARE",
    "llava-next, ANYRES",
    "siglip-qwen2, PAD",
    "siglip-qwen2, SQUARE"
  })
  void transformersComputesTheReferencesLogitsAndSeesOurPixels(String fixture, ImageAspect aspect)
      throws IOException, InterruptedException, URISyntaxException {
    Path model = TinyModel.write(fixture, folder.resolve("model"));
    ModelPlan plan = TinyModel.plan(model, aspect, ConversationTemplate.VICUNA_V1);
    Path checkpoint = TinyModel.checkpoint(model, plan, folder.resolve("checkpoints"), 100_000);
    Path target = folder.resolve("exported");
    Export.run(checkpoint, target, Progress.NONE);
    Path script = Path.of(TransformersTest.class.getResource("check_export.py").toURI());

    assertThat(
            succeeds(
                PYTHON,
                script.toString(),
                target.toString(),
                Fixtures.root().resolve("steps").resolve(fixture).toString(),
                Fixtures.root().resolve("images").toString(),
                prepared(checkpoint).toString()))
        .isTrue();
  }

  /**
   * What a checkpoint's tower sees of pictures of several shapes, by their files' names. None has
   * tiles with an odd margin, of which transformers 4.49 loses a row, other than LLaVA.
   */
  private Path prepared(Path checkpoint) {
    Path pixels = folder.resolve("pixels");
    try (ModelSources sources = ModelSources.open(ModelFolder.planOf(checkpoint))) {
      ImageProcessor images = sources.images(Stage.FINETUNE);
      List<NamedTensor> tensors =
          Stream.of("rgb-large.png", "rgba.png", "gray.png", "wide.png")
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

  private static boolean succeeds(String... command) throws IOException, InterruptedException {
    try {
      Process process = new ProcessBuilder(command).inheritIO().start();
      return process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (IOException e) {
      return false; // no such program
    }
  }
}
