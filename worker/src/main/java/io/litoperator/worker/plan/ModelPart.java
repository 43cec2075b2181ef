package io.litoperator.worker.plan;

/** The parts of a model that a stage trains or freezes, in the order of their parameters. */
public enum ModelPart {
  VISION_TOWER("visionTower"),
  CONNECTOR("connector"),
  LANGUAGE_MODEL("languageModel"),
  /** The language model's, which train in its place; see {@link LoraPlan}. */
  ADAPTERS("lora");

  private final String label;

  ModelPart(String label) {
    this.label = label;
  }

  /** The name used in jobs. */
  public String label() {
    return label;
  }
}
