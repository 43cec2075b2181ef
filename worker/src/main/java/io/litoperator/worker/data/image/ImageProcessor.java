package io.litoperator.worker.data.image;

import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.plan.ModelPlan.ImageAspect;
import java.nio.file.Path;
import java.util.List;

/**
 * Prepares pictures for a vision tower, as its {@code preprocessor_config.json} says: fit to the
 * tower's input, rescale, normalise. Equal to the slow CLIP and SigLIP processors of Hugging Face
 * transformers and, with {@link ImageAspect#PAD}, to LLaVA's {@code process_images}. Thread-safe.
 */
public final class ImageProcessor {
  private final ProcessorConfig config;
  private final ImageAspect aspect;
  private final float[][] normalised;

  ImageProcessor(ProcessorConfig config, ImageAspect aspect) {
    this.config = config;
    this.aspect = aspect;
    this.normalised = normalised(config);
  }

  /**
   * The processor of a vision tower.
   *
   * @param visionTower folder with {@code preprocessor_config.json}
   * @throws io.litoperator.worker.failure.Failure INPUT_MISSING where the file is not there,
   *     BAD_DATA where it asks for what the references do not do
   */
  public static ImageProcessor open(Path visionTower, ImageAspect aspect) {
    return new ImageProcessor(ProcessorConfigReader.read(visionTower), aspect);
  }

  /**
   * Reads and prepares a picture.
   *
   * @throws io.litoperator.worker.failure.Failure INPUT_MISSING or BAD_DATA, naming the file
   */
  public Pixels process(Path file) {
    return process(new StoredPicture.InFile(file));
  }

  /**
   * Reads and prepares a picture.
   *
   * @throws io.litoperator.worker.failure.Failure INPUT_MISSING or BAD_DATA, naming it
   */
  public Pixels process(StoredPicture picture) {
    return process(PictureDecoder.decode(picture));
  }

  /** The picture, fitted and normalised: (3, height, width). */
  public Pixels process(Picture picture) {
    return normalise(fit(picture));
  }

  /** The picture at the tower's input size, in grey levels. */
  Picture fit(Picture picture) {
    Picture shaped =
        switch (aspect) {
          case SQUARE -> picture;
          case PAD -> padded(picture);
        };
    Extent size =
        config.resize().map(r -> r.of(shaped)).orElse(new Extent(shaped.width(), shaped.height()));
    Window window =
        config
            .crop()
            .map(c -> Window.centred(size.width(), size.height(), c.width(), c.height()))
            .orElse(Window.whole(size.width(), size.height()));
    return config.resampling().resize(shaped, size.width(), size.height(), window);
  }

  /** LLaVA's {@code expand2square}: centred on a square of the mean colour. */
  private Picture padded(Picture picture) {
    int side = Math.max(picture.width(), picture.height());
    List<Double> mean = config.mean();
    Picture.Colour colour =
        new Picture.Colour(
            (int) (mean.get(0) * 255), (int) (mean.get(1) * 255), (int) (mean.get(2) * 255));
    return picture.onCanvas(
        side, side, (side - picture.width()) / 2, (side - picture.height()) / 2, colour);
  }

  private Pixels normalise(Picture picture) {
    int area = picture.width() * picture.height();
    byte[] rgb = picture.rgb();
    float[] values = new float[Picture.CHANNELS * area];
    for (int channel = 0; channel < Picture.CHANNELS; channel++) {
      float[] levels = normalised[channel];
      int to = channel * area;
      for (int from = channel; from < rgb.length; from += Picture.CHANNELS) {
        values[to++] = levels[rgb[from] & 0xff];
      }
    }
    return new Pixels(picture.height(), picture.width(), values);
  }

  /** The value of each grey level of each channel, in the references' order of operations. */
  private static float[][] normalised(ProcessorConfig config) {
    float[][] table = new float[Picture.CHANNELS][256];
    for (int channel = 0; channel < Picture.CHANNELS; channel++) {
      float mean = config.mean().get(channel).floatValue();
      float std = config.std().get(channel).floatValue();
      for (int level = 0; level < 256; level++) {
        float value = (float) (level * config.rescaleFactor());
        table[channel][level] = config.normalise() ? (value - mean) / std : value;
      }
    }
    return table;
  }
}
