package io.litoperator.worker.model;

/**
 * How fast each pair of a head's elements turns with the position.
 *
 * @param size leading elements of a head that turn; even
 * @param theta base of the wavelengths
 */
public record RotaryFrequencies(int size, double theta, Scaling scaling) {

  /** How longer sequences than the model was first trained on are made to fit. */
  public sealed interface Scaling {
    /** The frequency to use, computed in fp32 as the reference does. */
    float of(float frequency);
  }

  /** Frequencies stay. */
  public record Unscaled() implements Scaling {
    @Override
    public float of(float frequency) {
      return frequency;
    }
  }

  /** All frequencies are divided. */
  public record Linear(double factor) implements Scaling {
    @Override
    public float of(float frequency) {
      return frequency / (float) factor;
    }
  }

  /**
   * Llama 3.1's: long waves are slowed down, short ones stay, those between are blended.
   *
   * @param lowFrequencyFactor waves longer than {@code originalPositions} divided by it are long
   * @param highFrequencyFactor waves shorter than {@code originalPositions} divided by it are short
   */
  public record Llama3(
      double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalPositions)
      implements Scaling {
    @Override
    public float of(float frequency) {
      float wavelength = (float) (2 * Math.PI) / frequency;
      if (wavelength > (float) (originalPositions / lowFrequencyFactor)) {
        return frequency / (float) factor;
      }
      if (wavelength < (float) (originalPositions / highFrequencyFactor)) {
        return frequency;
      }
      float smooth =
          (originalPositions / wavelength - (float) lowFrequencyFactor)
              / (float) (highFrequencyFactor - lowFrequencyFactor);
      return (1 - smooth) * frequency / (float) factor + smooth * frequency;
    }
  }

  /**
   * @param size leading elements of a head that turn
   */
  static RotaryFrequencies read(ConfigReader config, int size) {
    if (size < 2 || size % 2 != 0) {
      throw config.invalid(
          "%d elements of a head would turn, which must be an even number".formatted(size));
    }
    return new RotaryFrequencies(size, config.number("rope_theta", 10000), scaling(config));
  }

  private static Scaling scaling(ConfigReader config) {
    if (!config.has("rope_scaling")) {
      return new Unscaled();
    }
    ConfigReader scaling = config.child("rope_scaling");
    String type = scaling.text("rope_type", scaling.text("type", "of no type"));
    return switch (type) {
      case "default" -> new Unscaled();
      case "linear" -> new Linear(scaling.factor("factor"));
      case "llama3" ->
          new Llama3(
              scaling.factor("factor"),
              scaling.factor("low_freq_factor"),
              scaling.factor("high_freq_factor"),
              scaling.positive("original_max_position_embeddings", 8192));
      default -> throw config.unsupported("rope_scaling", type, "known types: linear, llama3");
    };
  }

  /** Radians a position, (size / 2,), in fp32 as transformers' {@code ROPE_INIT_FUNCTIONS}. */
  float[] values() {
    float[] values = new float[size / 2];
    for (int i = 0; i < values.length; i++) {
      values[i] = scaling.of(1f / (float) Math.pow(theta, (float) (2 * i) / size));
    }
    return values;
  }
}
