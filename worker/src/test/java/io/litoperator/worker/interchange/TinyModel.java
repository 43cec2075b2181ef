package io.litoperator.worker.interchange;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.Fixtures;
import io.litoperator.worker.checkpoint.AttemptStore;
import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.checkpoint.Fingerprint;
import io.litoperator.worker.checkpoint.Share;
import io.litoperator.worker.checkpoint.Snapshot;
import io.litoperator.worker.checkpoint.TrainingState;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.ModelPlan.ConversationTemplate;
import io.litoperator.worker.plan.ModelPlan.FeatureSelect;
import io.litoperator.worker.plan.ModelPlan.ImageAspect;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.safetensors.Shards;
import io.litoperator.worker.safetensors.Weights;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;

/**
 * A reference model of the fixtures with a tokenizer of its own, and jobs and checkpoints of it.
 */
public final class TinyModel {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Where a fixture's configuration gives a picture no token of the vocabulary. */
  private static final int IMAGE = 500;

  private static final List<String> WORDS =
      List.of(
          "<unk>", "<s>", "</s>", "USER:", "ASSISTANT:", "\n", "A", "chat", ".", "?", "Who", "Me");

  /** Of ChatML and of Llama 3; padding is after the picture's. */
  private static final List<String> MARKERS =
      List.of(
          "<|im_start|>", "<|im_end|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>");

  private TinyModel() {}

  /** Writes the folder of a whole model. */
  public static Path write(String fixture, Path folder) throws IOException {
    Files.createDirectories(folder);
    Path source = Fixtures.root().resolve("models").resolve(fixture);
    for (String name : List.of("config.json", "model.safetensors", "preprocessor_config.json")) {
      Files.copy(source.resolve(name), folder.resolve(name));
    }
    int image =
        JSON.readTree(source.resolve("config.json").toFile()).get("image_token_index").asInt();
    JSON.writeValue(
        folder.resolve("tokenizer.json").toFile(), tokenizer(image < 0 ? IMAGE : image));
    JSON.writeValue(
        folder.resolve("tokenizer_config.json").toFile(),
        Map.of(
            "tokenizer_class", "PreTrainedTokenizerFast",
            "eos_token", "</s>",
            "pad_token", "<pad>",
            "unk_token", "<unk>"));
    return folder;
  }

  /** Writes a job that fine-tunes the model in the folder {@code model} beside it. */
  public static Path job(Path folder, String data) throws IOException {
    Files.createDirectories(folder.resolve("data"));
    Files.writeString(folder.resolve("data/train.jsonl"), data);
    BufferedImage picture = new BufferedImage(20, 30, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(picture, "png", folder.resolve("data/seen.png").toFile());
    return Files.writeString(
        folder.resolve("job.yaml"),
        """
        apiVersion: lit-operator.io/v1alpha1
        kind: LitTrainingJob
        metadata:
          name: tiny
        spec:
          model:
            from: model
            systemPrompt: A chat.
            images:
              aspect: square
            maxLength: 64
          finetune:
            dataset:
              - annotations: data/train.jsonl
                images: data
            trainable: [connector, languageModel]
            maxSteps: 1
            globalBatchSize: 1
          topology:
            ranksPerNode: 1
            device: cpu
          precision: fp32
          sharding: none
        """);
  }

  /** One sample with a picture, as a line of data. */
  public static String sample(String id, String image) {
    return """
        {"id": "%s", "image": "%s", "conversations": [{"from": "human", "value": "<image>\\nWho?"}, {"from": "gpt", "value": "Me."}]}
        """
        .formatted(id, image);
  }

  /** Saves a checkpoint of a model's folder as training does. */
  public static Path checkpoint(Path model, ModelPlan plan, Path destination, long shardBytes) {
    Weights weights = Weights.open(model);
    Map<String, long[]> shapes =
        weights.names().stream().collect(Collectors.toMap(n -> n, n -> weights.info(n).shape()));
    TrainingState state =
        new TrainingState(
            Stage.FINETUNE,
            7,
            42,
            1,
            Objective.LIT,
            new Fingerprint(new TreeMap<>()),
            Fingerprint.ofModel(shapes).digest());
    List<NamedTensor> tensors = weights.names().stream().map(weights::tensor).toList();
    try (ModelSources sources = ModelSources.open(plan)) {
      Snapshot snapshot =
          new Snapshot(
              state,
              Share.ALL,
              Shards.of(tensors, shardBytes),
              List.of(),
              ModelFolder.sideFiles(plan, sources.description()));
      AttemptStore store = new CheckpointStore(destination).of(0, "pod");
      store.begin(state.id());
      return store.finish(snapshot).folder();
    }
  }

  private static ObjectNode tokenizer(int image) {
    try (var text = TinyModel.class.getResourceAsStream("tiny-tokenizer.json")) {
      ObjectNode tokenizer = (ObjectNode) JSON.readTree(text);
      add(tokenizer, 2, "</s>");
      for (int i = 0; i < MARKERS.size(); i++) {
        add(tokenizer, image - MARKERS.size() + i, MARKERS.get(i));
      }
      add(tokenizer, image, "<image>");
      add(tokenizer, image + 1, "<pad>");
      ObjectNode vocabulary = tokenizer.withObject("/model/vocab");
      for (int id = 0; id < image - MARKERS.size(); id++) {
        vocabulary.put(id < WORDS.size() ? WORDS.get(id) : "w" + id, id);
      }
      return tokenizer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void add(ObjectNode tokenizer, int id, String content) {
    ObjectNode token = tokenizer.withArray("added_tokens").addObject();
    token.put("id", id).put("content", content).put("special", true);
    for (String no : List.of("single_word", "lstrip", "rstrip", "normalized")) {
      token.put(no, false);
    }
    tokenizer.withObject("/model/vocab").put(content, id);
  }

  /** How a model was trained, with an aspect of pictures and a conversation. */
  static ModelPlan plan(Path model, ImageAspect aspect, ConversationTemplate conversation) {
    return new ModelPlan(
        Optional.empty(),
        Optional.empty(),
        Optional.of(model),
        conversation,
        Optional.of("A chat."),
        aspect,
        List.of(),
        -2,
        FeatureSelect.DEFAULT,
        64);
  }
}
