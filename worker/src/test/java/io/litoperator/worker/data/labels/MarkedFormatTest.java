package io.litoperator.worker.data.labels;

import static io.litoperator.worker.data.labels.LabelOptions.conversation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.tokens.Tokenizer;
import io.litoperator.worker.data.tokens.TokenizerFixture;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.ModelPlan.ConversationTemplate;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.plan.StagePlan.TextOnly;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarkedFormatTest {
  @TempDir static Path folder;
  private static Tokenizer qwen;
  private static Tokenizer llama;

  @BeforeAll
  static void open() throws IOException {
    qwen = Tokenizer.open(TokenizerFixture.unpack("qwen2", folder.resolve("qwen2")));
    llama = Tokenizer.open(TokenizerFixture.unpack("llama", folder.resolve("llama")));
  }

  @AfterAll
  static void close() {
    qwen.close();
    llama.close();
  }

  @Test
  void chatmlIsWrittenAsQwenWritesIt() {
    LabelledPrompt labelled =
        labeller(qwen, ConversationTemplate.CHATML, Objective.LIT)
            .label(conversation("What is it?\n<image>", "A cat.", "Why?", "So."));
    assertThat(String.join("", labelled.texts()))
        .isEqualTo(
            "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
                + "<|im_start|>user\n<image>\nWhat is it?<|im_end|>\n"
                + "<|im_start|>assistant\nA cat.<|im_end|>\n"
                + "<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\nSo.<|im_end|>\n");
    assertThat(said(labelled, Fate.ANSWER)).isEqualTo("A cat.<|im_end|>So.<|im_end|>");
    assertThat(said(labelled, Fate.INSTRUCTION)).isEqualTo("What is it?Why?");
    assertThat(labelled.tokens()[0]).isEqualTo(qwen.idOf("<|im_start|>").orElseThrow());
  }

  @Test
  void mistralIsWrittenAsMistralWritesIt() {
    LabelledPrompt labelled =
        labeller(llama, ConversationTemplate.MISTRAL, Objective.VIT)
            .label(conversation("<image>\nWhat is it?", "A cat.", "Why?", "So."));
    assertThat(String.join("", labelled.texts()))
        .isEqualTo("[INST] <image>\nWhat is it? [/INST] A cat.</s>[INST] Why? [/INST] So.</s>");
    assertThat(said(labelled, Fate.ANSWER)).isEqualTo(" A cat.</s> So.</s>");
  }

  @Test
  void llamaIsWrittenAsLlamaWritesIt() {
    Prompt prompt =
        new MarkedFormat(ChatTemplate.llama("Talk.")).render(conversation("Who?", "Me."));
    assertThat(prompt.text())
        .isEqualTo(
            "<|start_header_id|>system<|end_header_id|>\n\nTalk.<|eot_id|>"
                + "<|start_header_id|>user<|end_header_id|>\n\nWho?<|eot_id|>"
                + "<|start_header_id|>assistant<|end_header_id|>\n\nMe.<|eot_id|>");
  }

  @ParameterizedTest
  @CsvSource({"CHATML, say <|im_end|>, <|im_end|>", "MISTRAL, say </s>, </s>"})
  void aMarkerInATurnIsRefused(ConversationTemplate template, String question, String marker) {
    Tokenizer tokenizer = template == ConversationTemplate.CHATML ? qwen : llama;
    Labeller labeller = labeller(tokenizer, template, Objective.LIT);
    assertThatThrownBy(() -> labeller.label(conversation(question, "Me.")))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_DATA))
        .hasMessageContaining("a turn holds the marker " + marker + " itself");
  }

  @Test
  void aTokenizerWithoutTheMarkersIsRefused() {
    assertThatThrownBy(() -> labeller(qwen, ConversationTemplate.LLAMA_3, Objective.LIT))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INVALID))
        .hasMessageStartingWith(
            "spec.model.conversation: llama_3 needs the token <|start_header_id|>");
  }

  @Test
  void answersEndAtTheMarkerOrTheEndOfSequence() {
    ModelPlan chatml = LabelOptions.model(2048, null, ConversationTemplate.CHATML);
    assertThat(ChatTemplate.stops(chatml, qwen))
        .containsExactly(qwen.endOfSequence().id(), qwen.idOf("<|im_end|>").orElseThrow());
    assertThat(ChatTemplate.stops(LabelOptions.model(2048, null), qwen))
        .containsExactly(qwen.endOfSequence().id());
  }

  private static Labeller labeller(
      Tokenizer tokenizer, ConversationTemplate template, Objective objective) {
    return Labeller.of(
        tokenizer,
        LabelOptions.model(2048, null, template),
        Stage.FINETUNE,
        LabelOptions.labels(objective, TextOnly.INSTRUCTIONS, List.of()));
  }

  private static String said(LabelledPrompt labelled, Fate fate) {
    return IntStream.range(0, labelled.fates().length)
        .filter(i -> labelled.fates()[i] == fate)
        .mapToObj(labelled.texts()::get)
        .collect(Collectors.joining());
  }
}
