package io.litoperator.worker.data.image;

import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Tiling;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.GridPinpoint;
import io.litoperator.worker.plan.ModelPlan.ImageAspect;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Prepares pictures for a vision tower, as its {@code preprocessor_config.json} says: fit to the
 * tower's input, rescale, normalise. Equal to the slow CLIP and SigLIP processors of Hugging Face
 * transformers and, with {@link ImageAspect#PAD} and {@link ImageAspect#ANYRES}, to LLaVA's {@code
 * process_images}. Thread-safe.
 */
public final class ImageProcessor {
  /** Of a view, where a tower's file has no size: as in the classes of transformers. */
  public static final int DEFAULT_SIDE = 224;

  private final ProcessorConfig config;
  private final ImageAspect aspect;
  private final Anyres anyres;
  private final float[][] normalised;

  ImageProcessor(ProcessorConfig config, ImageAspect aspect, List<GridPinpoint> pinpoints) {
    this.config = config;
    this.aspect = aspect;
    this.anyres = new Anyres(config.side(), pinpoints);
    this.normalised = normalised(config);
  }

  /**
   * The processor of a vision tower.
   *
   * @param visionTower folder with {@code preprocessor_config.json}
   * @param pinpoints sizes for {@link ImageAspect#ANYRES}, all of whole tiles; otherwise not used
   * @throws io.litoperator.worker.failure.Failure INPUT_MISSING where the file is not there,
   *     BAD_DATA where it asks for what the references do not do
   */
  public static ImageProcessor open(
      Path visionTower, ImageAspect aspect, List<GridPinpoint> pinpoints) {
    return new ImageProcessor(ProcessorConfigReader.read(visionTower), aspect, pinpoints);
  }

  /** Size of every view of every picture; empty where it depends on the picture. */
  public Optional<Extent> view() {
    return config.view(aspect);
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

  /** The picture's views, fitted and normalised. */
  public Pixels process(Picture picture) {
    Optional<Tiling> tiling = tiling(picture);
    List<Picture> views =
        tiling.map(t -> anyres.views(picture, t)).orElseGet(() -> List.of(fit(picture)));
    int size = views.get(0).rgb().length;
    float[] values = new float[views.size() * size];
    for (int i = 0; i < views.size(); i++) {
      normalise(views.get(i), values, i * size);
    }
    return new Pixels(views.get(0).height(), views.get(0).width(), values, tiling);
  }

  /**
   * How the picture is to be cut into tiles; empty where it is not, as only {@link
   * ImageAspect#ANYRES} does.
   *
   * @throws Failure BAD_DATA if the picture is so narrow that nothing would be left of it
   */
  public Optional<Tiling> tiling(Picture picture) {
    if (aspect != ImageAspect.ANYRES) {
      return Optional.empty();
    }
    return Optional.of(
        anyres
            .tiling(picture.width(), picture.height())
            .orElseThrow(
                () ->
                    new Failure(
                        ExitCode.BAD_DATA,
                        "A picture of %d×%d pixels is too narrow for all of the sizes that anyres has; remove the sample."
                            .formatted(picture.width(), picture.height()))));
  }

  /** The picture at the tower's input size, in grey levels. */
  Picture fit(Picture picture) {
    Picture shaped =
        switch (aspect) {
          case SQUARE, ANYRES -> picture;
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

  private void normalise(Picture picture, float[] values, int start) {
    int area = picture.width() * picture.height();
    byte[] rgb = picture.rgb();
    for (int channel = 0; channel < Picture.CHANNELS; channel++) {
      float[] levels = normalised[channel];
      int to = start + channel * area;
      for (int from = channel; from < rgb.length; from += Picture.CHANNELS) {
        values[to++] = levels[rgb[from] & 0xff];
      }
    }
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
