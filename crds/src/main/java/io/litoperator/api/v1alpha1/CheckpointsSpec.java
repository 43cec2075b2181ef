package io.litoperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;

/**
 * When and where training state is saved. The end of each stage is saved in any case.
 *
 * @param every Between checkpoints: optimizer steps (500steps) or time (30s, 20m, 2h).
 * @param keep Newest checkpoints that are kept; the best one by evaluation is kept besides.
 * @param destination Folder of the checkpoints: s3://, pvc:// or a path. Default: checkpoints in
 *     the output folder.
 * @param export Layout in which the finished model is written as well.
 */
public record CheckpointsSpec(
    @Pattern("^[1-9][0-9]{0,8}(steps|s|m|h)$") String every,
    @Default("3") @Min(1) @Max(1000) Integer keep,
    @Pattern("^(s3://[a-z0-9.-]+(/[^:]*)?|pvc://[a-z0-9.-]+(/[^:]*)?|[^:]+)$")
        @Size(min = 1, max = Source.MAX)
        String destination,
    Export export) {

  public enum Export {
    @JsonProperty("huggingface")
    HUGGINGFACE
  }
}
