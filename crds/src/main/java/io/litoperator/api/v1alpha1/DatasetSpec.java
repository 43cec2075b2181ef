package io.litoperator.api.v1alpha1;

import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * Conversations and their pictures.
 *
 * @param annotations Conversations in LLaVA's format, a JSON array or JSON lines: hf://, s3://,
 *     pvc:// or a path.
 * @param images Folder that the annotations' image paths are relative to.
 * @param weight How often a sample is drawn, relative to the other sets' samples.
 */
public record DatasetSpec(
    @Required @Pattern(Source.PATTERN) @Size(min = 1, max = Source.MAX) String annotations,
    @Required @Pattern(Source.PATTERN) @Size(min = 1, max = Source.MAX) String images,
    @Default("1.0") @Min(value = 0, inclusive = false) Double weight) {}
