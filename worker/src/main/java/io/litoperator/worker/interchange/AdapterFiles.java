package io.litoperator.worker.interchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.litoperator.api.job.HubPath;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.model.Adapters;
import io.litoperator.worker.model.Layout;
import io.litoperator.worker.plan.LoraPlan;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.SourceCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What a checkpoint of adapters says of them, besides what a model's folder says: their
 * configuration as PEFT writes it, and what they belong to.
 */
public final class AdapterFiles {
  static final String CONFIG = "adapter_config.json";

  /** What adapters belong to, as Hugging Face's files have no place for a tower of its own. */
  static final String BASE = "base.json";

  private static final JsonMapper JSON = JsonMapper.builder().addModule(new Jdk8Module()).build();

  private AdapterFiles() {}

  /**
   * Content of {@value #BASE}.
   *
   * @param seed of what was initialised
   * @param copies of which the model's folders are some
   */
  public record Base(ModelPlan model, long seed, LoraPlan lora, List<SourceCopy> copies) {
    public Base {
      copies = copies == null ? List.of() : List.copyOf(copies);
    }

    /**
     * With folders of this machine in place of copies that are on another.
     *
     * @param bring brings what a copy is of, by its origin
     */
    public Base brought(Function<String, Path> bring) {
      return new Base(
          model.withFolders(
              folder ->
                  copies.stream()
                      .filter(copy -> copy.path().equals(folder))
                      .map(copy -> bring.apply(copy.origin()))
                      .findFirst()
                      .orElse(folder)),
          seed,
          lora,
          copies);
    }
  }

  /** Content by file name. */
  public static Map<String, byte[]> of(RunPlan plan, LoraPlan lora, Layout layout) {
    ObjectNode config =
        JSON.createObjectNode()
            .put("peft_type", "LORA")
            .put("base_model_name_or_path", name(modelOf(plan.model()), plan.copies()))
            .put("r", lora.rank())
            .put("lora_alpha", lora.alpha())
            .put("lora_dropout", lora.dropout())
            .put(
                "target_modules",
                ".*language_model.*\\.(%s)".formatted(String.join("|", Adapters.targets(layout))))
            .put("bias", "none")
            .put("fan_in_fan_out", false)
            .put("inference_mode", true);
    config.putArray("modules_to_save").add("multi_modal_projector");
    try {
      return Map.of(
          CONFIG,
          ModelFolder.bytes(config),
          BASE,
          JSON.writerWithDefaultPrettyPrinter()
              .writeValueAsBytes(new Base(plan.model(), plan.seed(), lora, plan.copies())));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As PEFT finds it: by its name on the hub, or by its path. */
  private static String name(Path model, List<SourceCopy> copies) {
    return copies.stream()
        .filter(copy -> copy.path().equals(model))
        .flatMap(copy -> HubPath.parse(copy.origin()).stream())
        .map(HubPath::repository)
        .findFirst()
        .orElse(model.toString());
  }

  private static Path modelOf(ModelPlan model) {
    return model.from().or(model::languageModel).orElseThrow();
  }

  /**
   * Reads {@value #BASE}.
   *
   * @throws Failure {@code INPUT_MISSING} or {@code BAD_DATA} if it is not there or damaged
   */
  public static Base base(Path folder) {
    try {
      return JSON.readValue(ModelFolder.read(folder.resolve(BASE)), Base.class);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s does not say what the adapters belong to; get the folder again."
              .formatted(folder.resolve(BASE)),
          e);
    }
  }

  /** Whether a folder holds adapters and not a whole model. */
  public static boolean in(Path folder) {
    return Files.exists(folder.resolve(CONFIG));
  }

  /**
   * @throws Failure {@code BAD_DATA} if a folder holds adapters and not a whole model
   */
  static void requireNone(Path folder) {
    if (in(folder)) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s holds adapters (LoRA) and not a whole model; lit merge makes one of them."
              .formatted(folder));
    }
  }
}
