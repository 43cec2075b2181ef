package io.litoperator.worker.model;

/**
 * Mistral. A position sees a sliding window of those before it; up to the window's length that is
 * all of them, and longer sequences are not taken.
 */
record MistralFamily() implements GatedFamily {
  private static final int WINDOW = 4096;

  @Override
  public String modelType() {
    return "mistral";
  }

  @Override
  public boolean hasAttentionBias() {
    return false;
  }

  @Override
  public TextConfig read(ConfigReader config) {
    ConfigReader windowed =
        config.isNull("sliding_window")
            ? config
            : config.with(
                "max_position_embeddings",
                Math.min(
                    config.positive("max_position_embeddings", 131072),
                    config.positive("sliding_window", WINDOW)));
    return read(windowed, new Defaults(32000, 14336, 8, 131072));
  }
}
