package io.litoperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * Tasks that score the model.
 *
 * @param tasks Each is scored each time. The first one's main metric decides which checkpoint is
 *     best: the highest score, or the lowest of chair and heldOutLoss.
 * @param on When: at the end of the last stage (end), or at each of its checkpoints, of which its
 *     end is one (checkpoint). Quote this key ("on"): kubectl reads a bare on as true.
 * @param judge The model that rates free answers, for tasks that need one.
 */
@ValidationRule(
    value = "self.tasks.all(task, self.tasks.exists_one(other, other.name == task.name))",
    message = "must not name a task twice",
    fieldPath = ".tasks")
public record EvaluateSpec(
    @Required @Size(min = 1, max = 64) List<Task> tasks,
    @Default("[\"end\"]") @Size(min = 1, max = 2) List<Moment> on,
    Judge judge) {

  /**
   * @param name The task: answers, pope, chair, visualContribution, heldOutLoss, or a benchmark of
   *     docs/evaluation.md.
   * @param data Questions, or the conversations of heldOutLoss: a file of JSON lines, or Parquet,
   *     one file or a pattern of files (hf://, s3://, pvc:// or a path).
   * @param images Folder that the questions' image paths are relative to, or a pattern of Parquet
   *     files that have the pictures. Default: the folder of data.
   * @param maxNewTokens Longest answer, in tokens.
   */
  public record Task(
      @Required @Pattern("^[A-Za-z][A-Za-z0-9_-]*$") @Size(min = 1, max = 63) String name,
      @Required @Pattern(Source.PATTERN) @Size(min = 1, max = Source.MAX) String data,
      @Pattern(Source.PATTERN) @Size(min = 1, max = Source.MAX) String images,
      @Default("64") @Min(1) @Max(4096) Integer maxNewTokens) {}

  /**
   * @param url Of a chat-completions endpoint.
   * @param model The judge's name there.
   * @param secretKeyRef A Secret's entry with the API key, which Pods have as LIT_JUDGE_API_KEY.
   */
  public record Judge(
      @Required @Pattern("^https?://[^ ]+$") @Size(max = 1024) String url,
      @Required @Size(min = 1, max = 253) String model,
      SecretKey secretKeyRef) {}

  /**
   * @param name Of a Secret in the job's namespace.
   * @param key Of its entry.
   */
  public record SecretKey(
      @Required @Size(min = 1, max = 253) String name,
      @Required @Size(min = 1, max = 253) String key) {}

  public enum Moment {
    @JsonProperty("end")
    END,
    @JsonProperty("checkpoint")
    CHECKPOINT
  }
}
