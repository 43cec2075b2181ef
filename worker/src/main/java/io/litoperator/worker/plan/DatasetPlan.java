package io.litoperator.worker.plan;

import java.nio.file.Path;

/**
 * Conversations and their pictures.
 *
 * @param annotations a LLaVA JSON array or JSON lines; or Parquet files or WebDataset archives: a
 *     file, a folder of files, or a pattern of files
 * @param images folder that the annotations' {@code image} paths are relative to
 * @param weight times that each sample is drawn in an epoch, on average; above 0
 */
public record DatasetPlan(Path annotations, Path images, double weight) {}
