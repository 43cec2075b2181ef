package io.litoperator.api.v1alpha1;

import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * Conversations and their pictures.
 *
 * @param annotations Conversations in LLaVA's format, as a JSON array, JSON lines, Parquet or
 *     WebDataset archives (one file, a folder, or a pattern of files): hf://, s3://, pvc:// or a
 *     path.
 * @param images Folder that the annotations' image paths are relative to. Default: the annotations'
 *     folder.
 * @param weight How often each sample is drawn in an epoch, on average: 0.5 draws half of them,
 *     others in each epoch; 2 draws each twice.
 */
public record DatasetSpec(
    @Required @Pattern(Source.PATTERN) @Size(min = 1, max = Source.MAX) String annotations,
    @Pattern(Source.PATTERN) @Size(min = 1, max = Source.MAX) String images,
    @Default("1.0") @Min(value = 0, inclusive = false) Double weight) {}
