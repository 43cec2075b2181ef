package io.litoperator.worker.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.data.labels.LabelOptions;
import io.litoperator.worker.data.tokens.Tokenizer;
import io.litoperator.worker.data.tokens.TokenizerFixture;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.ModelPlan;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptsTest {
  @TempDir private Path folder;

  private static Question question(String image, Optional<Region> region) {
    return new Question(
        "1",
        List.of(image),
        "What is it?",
        "A cat",
        Optional.empty(),
        List.of(),
        new Question.References(
            List.of("A cat"), List.of(), Optional.empty(), Optional.empty(), region));
  }

  /** As lmms-eval's {@code llava.py}: a fine-tune's sample would lose its blanks. */
  @Test
  void aQuestionKeepsTheBlanksAroundIt() throws IOException {
    ImageIO.write(
        new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB),
        "png",
        folder.resolve("a.png").toFile());
    List<Question> asked = List.of(question("a.png", Optional.empty()).asking(" What is it?\n"));
    try (Tokenizer llama = Tokenizer.open(TokenizerFixture.unpack("llama", folder))) {
      Prompts prompts =
          Prompts.of(
              LabelOptions.model(2048, null), llama, picture -> new Pixels(1, 1, new float[3]));
      int[] tokens = prompts.unanswered(TaskData.of(asked, folder), asked).get(0).tokens();
      int[] words = Arrays.stream(tokens).filter(token -> token != Sample.IMAGE).toArray();
      assertThat(llama.decode(words)).endsWith("\n What is it?\n ASSISTANT:");
    }
  }

  /** Of an instructed model, whose template ends turns otherwise than texts. */
  @Test
  void answersEndAtAllOfTheModelsEnds() throws IOException {
    Path file = folder.resolve("generation_config.json");
    Files.writeString(file, "{\"eos_token_id\": [7, 2], \"do_sample\": true}");
    try (Tokenizer llama = Tokenizer.open(TokenizerFixture.unpack("llama", folder))) {
      assertThat(stops(llama)).containsExactlyInAnyOrder(2, 7);
      Files.writeString(file, "{\"eos_token_id\": 9}");
      assertThat(stops(llama)).containsExactlyInAnyOrder(2, 9);
      Files.writeString(file, "{\"eos_token_id\": null}");
      assertThat(stops(llama)).containsExactly(2);
      Files.writeString(file, "{\"eos_token_id\": [\"</s>\"]}");
      assertThatThrownBy(() -> stops(llama))
          .isInstanceOfSatisfying(
              Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.BAD_DATA))
          .hasMessageContaining(file + ": eos_token_id must be");
      Files.delete(file);
      assertThat(stops(llama)).containsExactly(2);
    }
  }

  private Set<Integer> stops(Tokenizer tokenizer) {
    ModelPlan model = LabelOptions.model(2048, null).withWeightsOf(folder);
    return Prompts.of(model, tokenizer, picture -> new Pixels(1, 1, new float[3])).stops();
  }

  @Test
  void aPictureIsReadOnceForAllQuestionsThatShowItAlike() throws IOException {
    BufferedImage black = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(black, "png", folder.resolve("a.png").toFile());
    ImageIO.write(black, "png", folder.resolve("b.png").toFile());
    Optional<Region> box = Optional.of(new Region.Box(1, 1, 2, 2));
    List<Question> questions =
        List.of(
            question("a.png", Optional.empty()),
            question("b.png", Optional.empty()),
            question("a.png", box),
            question("a.png", Optional.empty()),
            question("a.png", box));
    AtomicInteger read = new AtomicInteger();
    try (Tokenizer llama = Tokenizer.open(TokenizerFixture.unpack("llama", folder))) {
      Prompts prompts =
          Prompts.of(
              LabelOptions.model(2048, null),
              llama,
              picture -> {
                read.incrementAndGet();
                return new Pixels(1, 1, new float[3]);
              });
      List<Pixels> seen =
          prompts.unanswered(TaskData.of(questions, folder), questions).stream()
              .map(Sample::pictures)
              .map(pictures -> pictures.get(0))
              .toList();
      assertThat(read).hasValue(3);
      assertThat(seen.get(3)).isEqualTo(seen.get(0)).isNotEqualTo(seen.get(2));
      assertThat(seen.get(4)).isEqualTo(seen.get(2)).isNotEqualTo(seen.get(1));
    }
  }
}
