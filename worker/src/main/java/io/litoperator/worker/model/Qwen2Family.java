package io.litoperator.worker.model;

/** Qwen2 and Qwen2.5, whose configurations have the same model type. */
record Qwen2Family() implements GatedFamily {
  @Override
  public String modelType() {
    return "qwen2";
  }

  @Override
  public boolean hasAttentionBias() {
    return true;
  }

  @Override
  public TextConfig read(ConfigReader config) {
    config.refuseIfTrue("use_sliding_window");
    return read(config, new Defaults(151936, 22016, 32, 32768));
  }
}
