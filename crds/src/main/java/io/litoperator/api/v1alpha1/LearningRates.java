package io.litoperator.api.v1alpha1;

import io.fabric8.generator.annotation.Min;

/**
 * Peak learning rates of single parts.
 *
 * @param visionTower Of the vision tower.
 * @param connector Of the connector.
 * @param languageModel Of the language model.
 */
public record LearningRates(
    @Min(value = 0, inclusive = false) Double visionTower,
    @Min(value = 0, inclusive = false) Double connector,
    @Min(value = 0, inclusive = false) Double languageModel) {}
