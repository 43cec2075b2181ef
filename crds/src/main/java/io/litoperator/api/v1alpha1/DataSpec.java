package io.litoperator.api.v1alpha1;

import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;

/**
 * How data reaches the ranks.
 *
 * @param cache Where downloaded models and data are kept between jobs: pvc:// or a path.
 * @param features Where what a frozen vision tower makes of each picture is kept between epochs,
 *     stages and jobs: pvc:// or a path. Not with sharding: parameters.
 */
public record DataSpec(
    @Pattern(Source.MOUNTED) @Size(min = 1, max = Source.MAX) String cache,
    @Pattern(Source.MOUNTED) @Size(min = 1, max = Source.MAX) String features) {}
