package io.litoperator.worker.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Tiling;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.GridPinpoint;
import io.litoperator.worker.plan.ModelPlan.ImageAspect;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tiles against LLaVA's {@code process_images}. */
class AnyresTest {
  private static final int SIDE = 336;
  private static final int PATCHES = 24;

  static Stream<String> pictures() {
    return Expected.names(Expected.index());
  }

  static Stream<String> largePictures() {
    return pictures().filter(name -> Expected.index().path(name).has("large"));
  }

  static Stream<JsonNode> sizes() {
    return StreamSupport.stream(Expected.anyresSizes().spliterator(), false);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pictures")
  void viewsEqualTheReference(String name) {
    int side = Expected.side(name + ".safetensors", "clip_square");
    ImageProcessor processor = processor(side);
    JsonNode expected = Expected.index().path(name).path("anyres");
    if (expected.isNull()) {
      assertThatThrownBy(() -> processor.process(Expected.exact(name)))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("too narrow");
      return;
    }
    Pixels pixels = processor.process(Expected.exact(name));

    ImageProcessorTest.assertSame(
        pixels.values(), Expected.tensor(name + ".safetensors", "anyres"));
    assertTiling(pixels.tiling().orElseThrow(), side, 3, expected);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("largePictures")
  void tilesEqualTheReferenceAtFullSize(String name) throws Exception {
    JsonNode expected = Expected.index().path(name).path("large").path("anyres_336_tile_1");
    Picture picture = PictureDecoder.decode(Expected.exact(name));
    Anyres anyres = new Anyres(SIDE, GridPinpoint.ofTiles(SIDE));
    Tiling tiling = anyres.tiling(picture.width(), picture.height()).orElseThrow();

    byte[] tile = anyres.views(picture, tiling).get(1).rgb();

    assertThat(ImageProcessorTest.sha256(tile))
        .isEqualTo(expected.path("sha256_of_hwc_bytes").asText());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("sizes")
  void sizesAreFittedAsByTheReference(JsonNode expected) {
    int width = expected.path("size_wh").path(0).asInt();
    int height = expected.path("size_wh").path(1).asInt();
    Tiling tiling =
        new Anyres(SIDE, GridPinpoint.ofTiles(SIDE)).tiling(width, height).orElseThrow();
    assertTiling(tiling, SIDE, PATCHES, expected);
  }

  @Test
  void theFirstOfEquallyGoodSizesIsTaken() {
    List<GridPinpoint> one = List.of(new GridPinpoint(20, 10), new GridPinpoint(10, 20));
    List<GridPinpoint> other = List.of(one.get(1), one.get(0));
    assertThat(new Anyres(10, one).tiling(7, 7)).contains(new Tiling(1, 2, 7, 7));
    assertThat(new Anyres(10, other).tiling(7, 7)).contains(new Tiling(2, 1, 7, 7));
  }

  private static ImageProcessor processor(int side) {
    String config =
        "{\"size\":{\"shortest_edge\":%1$d},\"crop_size\":{\"height\":%1$d,\"width\":%1$d}}";
    return new ImageProcessor(
        ProcessorConfigReaderTest.parse(config.formatted(side)),
        ImageAspect.ANYRES,
        GridPinpoint.ofTiles(side));
  }

  private static void assertTiling(Tiling tiling, int side, int patches, JsonNode expected) {
    Tiling.Kept kept = tiling.kept(patches);
    JsonNode best = expected.path("best_resolution_wh");
    assertThat(List.of(tiling.columns() * side, tiling.rows() * side))
        .containsExactly(best.path(0).asInt(), best.path(1).asInt());
    assertThat(List.of(kept.rows(), kept.columns()))
        .containsExactly(
            expected.path("kept_rows_cols").path(0).asInt(),
            expected.path("kept_rows_cols").path(1).asInt());
    assertThat(patches * patches + kept.rows() * (kept.columns() + 1))
        .isEqualTo(expected.path("image_tokens").asInt());
  }
}
