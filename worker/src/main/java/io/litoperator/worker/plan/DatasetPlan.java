package io.litoperator.worker.plan;

import java.nio.file.Path;

/**
 * Conversations and their pictures.
 *
 * @param annotations a LLaVA JSON array or JSON lines
 * @param images folder that the annotations' {@code image} paths are relative to
 */
public record DatasetPlan(Path annotations, Path images) {}
