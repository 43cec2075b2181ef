package io.litoperator.worker.run;

import io.litoperator.worker.model.ModelDescription;
import io.litoperator.worker.plan.ModelPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;

final class ModelFolder {
  static Map<String, byte[]> sideFiles(ModelPlan plan, ModelDescription description) {
    try {
      Map<String, byte[]> files = new HashMap<>();
      files.put("config.json", description.json().toPrettyString().getBytes("UTF-8"));
      for (String n : new String[] {"tokenizer.json", "tokenizer_config.json"}) {
        files.put(n, Files.readAllBytes(ModelSources.textFolder(plan).resolve(n)));
      }
      files.put(
          "preprocessor_config.json",
          Files.readAllBytes(ModelSources.visionFolder(plan).resolve("preprocessor_config.json")));
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
