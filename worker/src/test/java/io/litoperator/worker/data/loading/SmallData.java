package io.litoperator.worker.data.loading;

import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.image.StoredPicture;
import io.litoperator.worker.data.labels.LabelOptions;
import io.litoperator.worker.data.labels.Labeller;
import io.litoperator.worker.data.labels.Templates;
import io.litoperator.worker.data.tokens.Tokenizer;
import io.litoperator.worker.data.tokens.TokenizerFixture;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.DatasetPlan;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.plan.StagePlan.TextOnly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Tests of small data sets, whose pictures are text files that hold a number. */
abstract class SmallData {
  @TempDir static Path model;
  private static Tokenizer tokenizer;

  @TempDir Path folder;

  @BeforeAll
  static void open() throws IOException {
    tokenizer = Tokenizer.open(TokenizerFixture.unpack("phi", model));
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  static String pictured(String id, String image, String question, String answer) {
    return """
    {"id": "%s", "image": "%s", "conversations": [{"from": "human", "value": "<image>\\n%s"}, {"from": "gpt", "value": "%s"}]}"""
        .formatted(id, image, question, answer);
  }

  static String textOnly(String id, String question, String answer) {
    return """
    {"id": "%s", "conversations": [{"from": "human", "value": "%s"}, {"from": "gpt", "value": "%s"}]}"""
        .formatted(id, question, answer);
  }

  /** Writes a data set of this name. */
  DatasetPlan plan(String name, String... samples) throws IOException {
    Path set = folder.resolve(name);
    Path images = Files.createDirectories(set.resolve("images"));
    return new DatasetPlan(
        Files.writeString(set.resolve("data.jsonl"), String.join("\n", samples)), images, 1);
  }

  /** A picture of one value, the number in the file. */
  static Pixels read(StoredPicture stored) {
    Path picture = Path.of(stored.name());
    try {
      return new Pixels(1, 1, new float[] {Float.parseFloat(Files.readString(picture)), 0, 0});
    } catch (NumberFormatException e) {
      throw new Failure(ExitCode.BAD_DATA, "Picture %s is damaged.".formatted(picture), e);
    } catch (IOException e) {
      if (!Files.exists(picture)) {
        throw new Failure(ExitCode.INPUT_MISSING, "Picture %s is missing.".formatted(picture), e);
      }
      throw new UncheckedIOException(e);
    }
  }

  static Labeller labeller(Objective objective, int maxLength) {
    return Labeller.of(
        tokenizer,
        LabelOptions.model(maxLength, null),
        Stage.FINETUNE,
        LabelOptions.labels(objective, TextOnly.INSTRUCTIONS, Templates.paper()));
  }
}
