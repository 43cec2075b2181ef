package io.litoperator.worker.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.data.labels.LabelOptions;
import io.litoperator.worker.data.tokens.Tokenizer;
import io.litoperator.worker.data.tokens.TokenizerFixture;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
