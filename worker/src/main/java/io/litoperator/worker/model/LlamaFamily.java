package io.litoperator.worker.model;

/** Llama, Vicuna, Llama 3. */
record LlamaFamily() implements GatedFamily {
  @Override
  public String modelType() {
    return "llama";
  }

  @Override
  public boolean hasAttentionBias() {
    return false;
  }

  @Override
  public TextConfig read(ConfigReader config) {
    return read(config, new Defaults(32000, 11008, 0, 2048));
  }
}
