package io.litoperator.worker.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.data.image.ProcessorConfig.Exact;
import io.litoperator.worker.data.image.ProcessorConfig.Resize;
import io.litoperator.worker.data.image.ProcessorConfig.ShortestEdge;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.ModelPlan.ImageAspect;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ProcessorConfigReaderTest {

  static ProcessorConfig parse(String json) {
    try {
      Path folder = Files.createTempDirectory("processor");
      Path file = Files.writeString(folder.resolve("preprocessor_config.json"), json);
      try {
        return ProcessorConfigReader.read(folder);
      } finally {
        Files.delete(file);
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<Arguments> sizes() {
    String siglip = "\"image_processor_type\":\"SiglipImageProcessor\"";
    return Stream.of(
        Arguments.of("CLIP, integer", "{\"size\":336}", new ShortestEdge(336)),
        Arguments.of(
            "CLIP, shortest edge", "{\"size\":{\"shortest_edge\":336}}", new ShortestEdge(336)),
        Arguments.of(
            "CLIP, both edges",
            "{\"size\":{\"height\":20,\"width\":30}}",
            new Exact(new Extent(30, 20))),
        Arguments.of("CLIP, default", "{}", new ShortestEdge(224)),
        Arguments.of(
            "SigLIP, integer", "{" + siglip + ",\"size\":384}", new Exact(new Extent(384, 384))),
        Arguments.of("SigLIP, default", "{" + siglip + "}", new Exact(new Extent(224, 224))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("sizes")
  void readsEveryFormOfSize(String name, String json, Resize expected) {
    assertThat(parse(json).resize()).contains(expected);
  }

  @Test
  void fillsInTheDefaultsOfClip() {
    ProcessorConfig config = parse("{\"feature_extractor_type\":\"CLIPFeatureExtractor\"}");

    assertThat(config.resampling()).isEqualTo(Resampling.BICUBIC);
    assertThat(config.crop()).contains(new Extent(224, 224));
    assertThat(config.rescaleFactor()).isEqualTo(1 / 255.0);
    assertThat(config.normalise()).isTrue();
    assertThat(config.mean()).containsExactly(0.48145466, 0.4578275, 0.40821073);
    assertThat(config.std()).containsExactly(0.26862954, 0.26130258, 0.27577711);
  }

  @Test
  void honoursEveryFlag() {
    ProcessorConfig config =
        parse(
            """
            {"do_resize": false, "do_center_crop": false, "do_rescale": false,
             "do_normalize": false, "resample": 2}""");

    assertThat(config.resize()).isEmpty();
    assertThat(config.crop()).isEmpty();
    assertThat(config.rescaleFactor()).isEqualTo(1.0);
    assertThat(config.normalise()).isFalse();
    assertThat(config.resampling()).isEqualTo(Resampling.BILINEAR);
  }

  @Test
  void oneNumberIsThatOfEveryChannel() {
    ProcessorConfig config = parse("{\"image_mean\": 0.5, \"image_std\": 0.25}");

    assertThat(config.mean()).containsExactly(0.5, 0.5, 0.5);
    assertThat(config.std()).containsExactly(0.25, 0.25, 0.25);
  }

  @ParameterizedTest(name = "{1} {0}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "any",
      value = {
        "{} | SQUARE | 224×224",
        "{\"size\":336} | SQUARE | 224×224",
        "{\"size\":336,\"crop_size\":336} | SQUARE | 336×336",
        "{\"size\":336,\"do_center_crop\":false} | SQUARE | any",
        "{\"size\":336,\"do_center_crop\":false} | PAD | 336×336",
        "{\"size\":{\"height\":384,\"width\":384},\"do_center_crop\":false} | SQUARE | 384×384",
        "{\"size\":{\"height\":384,\"width\":300},\"do_center_crop\":false} | PAD | 300×384",
        "{\"do_resize\":false,\"do_center_crop\":false} | PAD | any",
        "{\"do_resize\":false,\"crop_size\":336} | SQUARE | 336×336",
        "{\"size\":336,\"crop_size\":336} | ANYRES | 336×336",
        "{\"size\":224,\"crop_size\":336} | ANYRES | any",
        "{\"size\":336,\"crop_size\":{\"height\":224,\"width\":336}} | ANYRES | any",
        "{\"image_processor_type\":\"SiglipImageProcessor\"} | SQUARE | 224×224"
      })
  void tellsTheSizeThatEveryPictureGets(String json, ImageAspect aspect, String size) {
    assertThat(parse(json).view(aspect).map(Extent::toString)).isEqualTo(Optional.ofNullable(size));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"resample\":1} | resample is 1",
        "{\"size\":0} | size must be a number of pixels",
        "{\"size\":{\"height\":3}} | size.width must be a number of pixels",
        "{\"crop_size\":\"big\"} | crop_size must be a number of pixels",
        "{\"image_mean\":[0.5]} | image_mean must be a number, or three",
        "{\"image_mean\":\"grey\"} | image_mean must be a number, or three",
        "{\"image_std\":[1,0,1]} | image_std must not be 0",
        "{\"do_resize\":1} | do_resize must be true or false",
        "{\"rescale_factor\":\"a\"} | rescale_factor must be a number",
        "{\"image_processor_type\":\"ViTImageProcessor\"} | image_processor_type is ViTImageProcessor",
        "[] | is not a JSON object",
        "{\"size\": | is not valid JSON at line 1"
      })
  void refusesWhatItCannotDo(String json, String message) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.BAD_DATA))
        .hasMessageContaining("preprocessor_config.json")
        .hasMessageContaining(message);
  }

  /** As transformers 5 saves a whole model's. */
  @Test
  void readsWhatIsNestedInAWholeModelsProcessor(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("processor_config.json");
    Files.writeString(
        file,
        """
        {"processor_class": "LlavaProcessor", "patch_size": 14, "image_processor":
         {"image_processor_type": "CLIPImageProcessorFast", "size": {"shortest_edge": 336},
          "crop_size": {"height": 336, "width": 336}, "resample": 2}}""");
    ProcessorConfig config = ProcessorConfigReader.read(folder);
    assertThat(config.resize()).contains(new ShortestEdge(336));
    assertThat(config.crop()).contains(new Extent(336, 336));
    assertThat(config.resampling()).isEqualTo(Resampling.BILINEAR);

    Files.writeString(file, "{\"image_processor\": {\"resample\": 1}}");
    assertThatThrownBy(() -> ProcessorConfigReader.read(folder))
        .hasMessageContaining(file + ": resample is 1");
    Files.writeString(folder.resolve("preprocessor_config.json"), "{}");
    assertThat(ProcessorConfigReader.read(folder).resampling()).isEqualTo(Resampling.BICUBIC);
  }

  @Test
  void namesTheMissingFile(@TempDir Path folder) {
    assertThatThrownBy(() -> ProcessorConfigReader.read(folder))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INPUT_MISSING))
        .hasMessageContaining(folder.resolve("preprocessor_config.json") + " is missing");
  }
}
