package io.litoperator.worker.data.labels;

import static io.litoperator.worker.data.labels.LabelOptions.conversation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.annotations.Annotation;
import io.litoperator.worker.data.tokens.Tokenizer;
import io.litoperator.worker.data.tokens.TokenizerFixture;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.plan.StagePlan.TextOnly;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class LabellerTest {
  @TempDir static Path folder;
  private static Tokenizer llama;

  @BeforeAll
  static void open() throws IOException {
    llama = Tokenizer.open(TokenizerFixture.unpack("llama", folder));
  }

  @AfterAll
  static void close() {
    llama.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "VIT| Red.</s>||",
        "NO_ROLE_TOKENS| Red.</s>| What is it?\\nName it.|",
        "LIT| Red.</s>| What is it?|\\nName it.",
      })
  void eachTokenHasItsFate(
      Objective objective, String answer, String instruction, String template) {
    Labeller labeller =
        Labeller.of(
            llama,
            LabelOptions.model(2048, "Talk."),
            Stage.FINETUNE,
            LabelOptions.labels(objective, TextOnly.ANSWERS, List.of("Name it.")));
    LabelledPrompt labelled =
        labeller.label(conversation("<image>\n What is it?\nName it.", "Red."));
    assertThat(String.join("", labelled.texts()))
        .isEqualTo("Talk. USER: <image>\nWhat is it?\nName it. ASSISTANT: Red.</s>");
    assertThat(said(labelled, Fate.ANSWER)).isEqualTo(answer);
    assertThat(said(labelled, Fate.INSTRUCTION).strip()).isEqualTo(unescaped(instruction).strip());
    assertThat(said(labelled, Fate.TEMPLATE)).isEqualTo(unescaped(template));
    assertThat(labeller.objective()).isEqualTo(objective);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "VIT")
  void textOnlySamplesMaySuperviseAnswersOnly(Objective objective) {
    Annotation textOnly = conversation("Who?", "Me.");
    for (TextOnly option : TextOnly.values()) {
      LabelledPrompt labelled =
          Labeller.of(
                  llama,
                  LabelOptions.model(2048, null),
                  Stage.FINETUNE,
                  LabelOptions.labels(objective, option, List.of()))
              .label(textOnly);
      assertThat(EnumSet.copyOf(List.of(labelled.fates())).contains(Fate.INSTRUCTION))
          .isEqualTo(option == TextOnly.INSTRUCTIONS);
      assertThat(said(labelled, Fate.ANSWER)).isEqualTo(" Me.</s>");
    }
  }

  @Test
  void aCutPictureIsGone() {
    LabelledPrompt labelled = fineTune(4).label(conversation("<image>\nWho?", "Me."));
    assertThat(labelled.tokens()).hasSize(4);
    assertThat(labelled.uncutLength()).isGreaterThan(40);
    assertThat(labelled.images()).isZero();
    assertThat(Fate.supervised(labelled.fates())).isZero();
  }

  @Test
  void questionsToATrainedModelAreNotCut() {
    LabelledPrompt labelled =
        Labeller.ofQuestions(llama, LabelOptions.model(4, null))
            .label(conversation("<image>\nWho?", "Me."));
    assertThat(labelled.tokens()).hasSize(labelled.uncutLength());
    assertThat(said(labelled, Fate.ANSWER)).isEqualTo(" Me.</s>");
  }

  @ParameterizedTest
  @CsvSource({"2048, true", "50, false"})
  void theReferencesLookNoFurtherThanTheLongestLength(int maxLength, boolean refused) {
    Annotation lostInTheSecondTurn =
        conversation("Who are you and what do you do all day long?", "Me.", "Oh </s>?", "Yes.");
    assertThat(fineTune(maxLength).explain(lostInTheSecondTurn).refusal().isPresent())
        .isEqualTo(refused);
  }

  @Test
  void paddingInATextIsRefusedWithItsPlace() {
    assertThatThrownBy(() -> fineTune(2048).label(conversation("Who is <unk>?", "Me.")))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_DATA))
        .hasMessageStartingWith("data.json line 4, sample 2 (id s1): ")
        .hasMessageContaining("padding token <unk>");
  }

  @Test
  void aPretrainSampleIsOnePictureAndItsCaption() {
    Labeller pretrain =
        Labeller.of(
            llama,
            LabelOptions.model(2048, null),
            Stage.PRETRAIN,
            LabelOptions.labels(Objective.ALL_TOKENS, TextOnly.INSTRUCTIONS, List.of()));
    LabelledPrompt labelled = pretrain.label(conversation("Describe it.\n<image>", " a cat"));
    assertThat(String.join("", labelled.texts())).isEqualTo("<image> a cat\n");
    assertThat(said(labelled, Fate.ANSWER)).isEqualTo(" a cat\n");
    assertThat(Fate.supervised(labelled.fates())).isEqualTo(labelled.tokens().length - 2);
    assertThatThrownBy(() -> pretrain.label(conversation("Who?", "Me.")))
        .hasMessageContaining("(id s1): a pretrain sample is one picture");
  }

  private static Labeller fineTune(int maxLength) {
    return Labeller.of(
        llama,
        LabelOptions.model(maxLength, null),
        Stage.FINETUNE,
        LabelOptions.labels(Objective.LIT, TextOnly.INSTRUCTIONS, Templates.paper()));
  }

  private static String said(LabelledPrompt labelled, Fate fate) {
    return IntStream.range(0, labelled.fates().length)
        .filter(i -> labelled.fates()[i] == fate)
        .mapToObj(labelled.texts()::get)
        .collect(Collectors.joining());
  }

  private static String unescaped(String text) {
    return text == null ? "" : text.replace("\\n", "\n");
  }
}
