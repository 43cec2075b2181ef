package io.litoperator.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.litoperator.examples.quickstart.Quickstart.Sizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobTest {
  private static final Path FOLDER = Path.of("quickstart");

  @Test
  void namesFoldersAndFilesThatAreThereOnceGenerated(@TempDir Path root) throws Exception {
    for (String folder : List.of("model/language-model", "model/vision-tower")) {
      Path copy = Files.createDirectories(root.resolve(folder));
      Files.copy(FOLDER.resolve(folder).resolve("config.json"), copy.resolve("config.json"));
    }
    new QuickstartFolder(root, System.out)
        .generate(Path.of(System.getProperty("artwork")), new Sizes(1, 1, 1, 1, 1), 1);
    assertThat(sources(spec()))
        .contains("model/language-model", "data/pretrain.json", "data/chair.jsonl")
        .allSatisfy(source -> assertThat(root.resolve(source)).exists());
  }

  @Test
  void pretrainsOnEverySampleOnce() throws IOException {
    JsonNode stage = spec().get("pretrain");
    assertThat(stage.get("maxSteps").intValue() * stage.get("globalBatchSize").intValue())
        .isEqualTo(Sizes.FULL.pretrain());
  }

  @Test
  void hasTheRecipesSteps() throws IOException {
    JsonNode spec = spec();
    assertThat(spec.at("/finetune/maxSteps").intValue()).isEqualTo(350);
    assertThat(spec.at("/finetune/globalBatchSize").intValue()).isEqualTo(32);
    assertThat(spec.at("/pretrain/optimizer/learningRate").doubleValue()).isEqualTo(2e-3);
    assertThat(spec.at("/finetune/optimizer/learningRate").doubleValue()).isEqualTo(3e-3);
    assertThat(spec.at("/finetune/trainable").toString()).doesNotContain("visionTower");
  }

  private static JsonNode spec() throws IOException {
    return new YAMLMapper().readTree(FOLDER.resolve("job.yaml").toFile()).get("spec");
  }

  private static List<String> sources(JsonNode spec) {
    List<String> sources = new ArrayList<>();
    for (String field : List.of("source", "annotations", "images", "data")) {
      spec.findValues(field).stream()
          .filter(JsonNode::isTextual)
          .forEach(value -> sources.add(value.textValue()));
    }
    return sources;
  }
}
