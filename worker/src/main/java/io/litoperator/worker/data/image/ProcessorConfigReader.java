package io.litoperator.worker.data.image;

import com.fasterxml.jackson.databind.JsonNode;
import io.litoperator.worker.data.image.ProcessorConfig.Exact;
import io.litoperator.worker.data.image.ProcessorConfig.Resize;
import io.litoperator.worker.data.image.ProcessorConfig.ShortestEdge;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code preprocessor_config.json} in the forms that Hugging Face transformers has written
 * over time: sizes as objects or integers, and fields left out where they are the class's defaults.
 */
final class ProcessorConfigReader {
  private static final int LARGEST_SIDE = 8192;

  private final Path file;
  private final JsonNode root;
  private final boolean siglip;

  private ProcessorConfigReader(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
    this.siglip = isSiglip();
  }

  static ProcessorConfig read(Path visionTower) {
    ProcessorFile file = ProcessorFile.require(visionTower);
    return new ProcessorConfigReader(file.file(), file.settings()).config();
  }

  private ProcessorConfig config() {
    boolean crops = !siglip && flag("do_center_crop", true);
    return new ProcessorConfig(
        flag("do_resize", true) ? Optional.of(resize()) : Optional.empty(),
        resampling(),
        crops ? Optional.of(crop()) : Optional.empty(),
        flag("do_rescale", true) ? number("rescale_factor", 1 / 255.0) : 1.0,
        flag("do_normalize", true),
        channels(
            "image_mean",
            siglip ? List.of(0.5, 0.5, 0.5) : List.of(0.48145466, 0.4578275, 0.40821073)),
        deviations());
  }

  private boolean isSiglip() {
    String field =
        root.hasNonNull("image_processor_type") ? "image_processor_type" : "feature_extractor_type";
    String type = root.path(field).asText("CLIPImageProcessor");
    return switch (type) {
      case "SiglipImageProcessor", "SiglipImageProcessorFast" -> true;
      case "CLIPImageProcessor",
          "CLIPImageProcessorFast",
          "CLIPFeatureExtractor",
          "LlavaImageProcessor",
          "LlavaImageProcessorFast",
          "LlavaNextImageProcessor",
          "LlavaNextImageProcessorFast" ->
          false;
      default ->
          throw invalid(field, "is " + type + ", but only CLIP's and SigLIP's are supported");
    };
  }

  private Resize resize() {
    JsonNode size = root.path("size");
    if (size.isMissingNode() || size.isNull()) {
      return siglip
          ? new Exact(new Extent(ImageProcessor.DEFAULT_SIDE, ImageProcessor.DEFAULT_SIDE))
          : new ShortestEdge(ImageProcessor.DEFAULT_SIDE);
    }
    if (size.isObject() && size.has("shortest_edge")) {
      return new ShortestEdge(side("size.shortest_edge", size.get("shortest_edge")));
    }
    // CLIP reads a single number as the shortest edge, SigLIP as both.
    return size.isObject() || siglip
        ? new Exact(extent("size", size))
        : new ShortestEdge(side("size", size));
  }

  private Extent crop() {
    JsonNode size = root.path("crop_size");
    return size.isMissingNode() || size.isNull()
        ? new Extent(ImageProcessor.DEFAULT_SIDE, ImageProcessor.DEFAULT_SIDE)
        : extent("crop_size", size);
  }

  private Extent extent(String field, JsonNode size) {
    if (size.isObject()) {
      return new Extent(
          side(field + ".width", size.path("width")), side(field + ".height", size.path("height")));
    }
    int side = side(field, size);
    return new Extent(side, side);
  }

  private int side(String field, JsonNode value) {
    if (!value.isInt() || value.intValue() < 1 || value.intValue() > LARGEST_SIDE) {
      throw invalid(field, "must be a number of pixels from 1 to " + LARGEST_SIDE);
    }
    return value.intValue();
  }

  private Resampling resampling() {
    int filter = root.path("resample").asInt(3);
    return switch (filter) {
      case 2 -> Resampling.BILINEAR;
      case 3 -> Resampling.BICUBIC;
      default ->
          throw invalid(
              "resample", "is " + filter + ", but only 2 (bilinear) and 3 (bicubic) are supported");
    };
  }

  private List<Double> deviations() {
    List<Double> std =
        channels(
            "image_std",
            siglip ? List.of(0.5, 0.5, 0.5) : List.of(0.26862954, 0.26130258, 0.27577711));
    if (std.contains(0.0)) {
      throw invalid("image_std", "must not be 0, as pixels are divided by it");
    }
    return std;
  }

  private List<Double> channels(String field, List<Double> otherwise) {
    JsonNode array = root.path(field);
    if (array.isMissingNode() || array.isNull()) {
      return otherwise;
    }
    if (array.isNumber()) {
      return Collections.nCopies(Picture.CHANNELS, array.doubleValue());
    }
    List<Double> values = new ArrayList<>();
    for (JsonNode value : array) {
      if (value.isNumber()) {
        values.add(value.doubleValue());
      }
    }
    if (values.size() != Picture.CHANNELS || array.size() != Picture.CHANNELS) {
      throw invalid(field, "must be a number, or three for red, green and blue");
    }
    return values;
  }

  private double number(String field, double otherwise) {
    JsonNode value = root.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isNumber()) {
      throw invalid(field, "must be a number");
    }
    return value.doubleValue();
  }

  private boolean flag(String field, boolean otherwise) {
    JsonNode value = root.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      throw invalid(field, "must be true or false");
    }
    return value.booleanValue();
  }

  private Failure invalid(String field, String problem) {
    return new Failure(ExitCode.BAD_DATA, "%s: %s %s.".formatted(file, field, problem));
  }
}
