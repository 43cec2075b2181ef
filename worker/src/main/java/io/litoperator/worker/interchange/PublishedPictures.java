package io.litoperator.worker.interchange;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.model.VisionConfig;

/** The {@code preprocessor_config.json} of the published CLIP and SigLIP towers. */
final class PublishedPictures {
  private static final int BICUBIC = 3;
  private static final double[] CLIP_MEAN = {0.48145466, 0.4578275, 0.40821073};
  private static final double[] CLIP_STD = {0.26862954, 0.26130258, 0.27577711};
  private static final double[] HALF = {0.5, 0.5, 0.5};

  private PublishedPictures() {}

  static ObjectNode of(VisionConfig vision) {
    int side = vision.imageSize();
    boolean clip = vision.family() == VisionConfig.Family.CLIP;
    ObjectNode config =
        JsonNodeFactory.instance
            .objectNode()
            .put("image_processor_type", clip ? "CLIPImageProcessor" : "SiglipImageProcessor")
            .put("do_convert_rgb", true)
            .put("do_resize", true)
            .put("resample", BICUBIC)
            .put("do_rescale", true)
            .put("rescale_factor", 1 / 255.0)
            .put("do_normalize", true);
    config.set("image_mean", array(clip ? CLIP_MEAN : HALF));
    config.set("image_std", array(clip ? CLIP_STD : HALF));
    ObjectNode square = config.objectNode().put("height", side).put("width", side);
    if (clip) {
      config.set("size", config.objectNode().put("shortest_edge", side));
      config.put("do_center_crop", true).set("crop_size", square);
    } else {
      config.set("size", square);
    }
    return config;
  }

  private static ArrayNode array(double... values) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (double value : values) {
      array.add(value);
    }
    return array;
  }
}
