package io.litoperator.worker.data.loading;

import static io.litoperator.worker.data.loading.SmallData.pictured;
import static io.litoperator.worker.data.loading.SmallData.textOnly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Inspection;
import io.litoperator.worker.data.Sample;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data sets, and the check of them before training. */
class DatasetTest {
  private static final DataCheck.Room ROOM = room(4096);

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

  @Test
  void samplesOfSeveralSetsFollowOneAnother() throws IOException {
    DatasetPlan first = plan("first", pictured("a", "1.png", "Who is it?", "Me."));
    DatasetPlan second = plan("second", textOnly("b", "Who?", "Me."), textOnly("c", "Why?", "So."));
    Files.writeString(first.images().resolve("1.png"), "0.5");
    try (Dataset dataset =
        Dataset.open(List.of(first, second), labeller(Objective.LIT, 2048), SmallData::read)) {
      assertThat(dataset.size()).isEqualTo(3);
      assertThat(dataset.modalityLengths()).containsExactly(5, -2, -2);
      Sample sample = dataset.load(0);
      assertThat(sample.id()).isEqualTo("a");
      assertThat(sample.tokens()).contains(Sample.IMAGE);
      assertThat(sample.pictures().get(0).values()).startsWith(0.5f);
      assertThat(sample.fates()).hasSameSizeAs(sample.tokens());
      assertThat(dataset.load(2).id()).isEqualTo("c");
      assertThat(dataset.load(2).pictures()).isEmpty();
    }
  }

  @Test
  void aSampleHasAsManyPicturesAsAreLeftAfterTheCut() throws IOException {
    String sample =
        """
        {"id": "two", "image": ["1.png", "2.png"], "conversations": [{"from": "human", "value": "<image><image> Which?"}, {"from": "gpt", "value": "This."}]}""";
    DatasetPlan plan = plan("two", sample);
    Files.writeString(plan.images().resolve("1.png"), "0.5");
    Files.writeString(plan.images().resolve("2.png"), "0.25");
    int second;
    try (Dataset dataset =
        Dataset.open(List.of(plan), labeller(Objective.LIT, 2048), SmallData::read)) {
      Sample whole = dataset.load(0);
      assertThat(whole.pictures()).extracting(p -> p.values()[0]).containsExactly(0.5f, 0.25f);
      second = whole.tokens().length;
      while (whole.tokens()[--second] != Sample.IMAGE) {}
    }
    try (Dataset dataset =
        Dataset.open(List.of(plan), labeller(Objective.LIT, second), SmallData::read)) {
      assertThat(dataset.load(0).pictures()).hasSize(1);
    }
  }

  @Test
  void aSampleWhosePictureIsCutHasNone() throws IOException {
    DatasetPlan plan = plan("cut", pictured("a", "none.png", "Who is it?", "Me."));
    try (Dataset dataset =
        Dataset.open(List.of(plan), labeller(Objective.LIT, 3), SmallData::read)) {
      assertThat(dataset.load(0).pictures()).isEmpty();
    }
  }

  @Test
  void aPictureThatFailsIsToldWithItsSample() throws IOException {
    DatasetPlan plan = plan("set", pictured("a", "1.png", "Who is it?", "Me."));
    try (Dataset dataset =
        Dataset.open(List.of(plan), labeller(Objective.LIT, 2048), SmallData::read)) {
      assertThatThrownBy(() -> dataset.load(0))
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INPUT_MISSING))
          .hasMessageContaining("data.jsonl line 1, sample 0 (id a): Picture ")
          .hasMessageContaining("1.png");
    }
  }

  @Test
  void inspectionShowsAlsoWhatIsRefused() throws IOException {
    DatasetPlan plan =
        plan("set", pictured("a", "1.png", "Who?", "Me."), textOnly("b", "<|endoftext|>?", "Yes."));
    try (Dataset dataset =
        Dataset.open(List.of(plan), labeller(Objective.LIT, 2048), SmallData::read)) {
      Inspection good = dataset.inspect(0);
      assertThat(good.reason()).isEmpty();
      assertThat(good.objective()).isEqualTo(Objective.LIT);
      assertThat(good.pictures())
          .containsExactly(Inspection.Shown.of(plan.images().resolve("1.png")));
      assertThat(good.tokens())
          .contains(
              new Inspection.TokenText("<image>", Fate.MASKED),
              new Inspection.TokenText("Who", Fate.INSTRUCTION),
              new Inspection.TokenText("<|endoftext|>", Fate.ANSWER));
      Inspection refused = dataset.inspect(1);
      assertThat(refused.reason()).hasValueSatisfying(r -> assertThat(r).contains("<|endoftext|>"));
      assertThat(refused.tokens()).isNotEmpty().allMatch(t -> t.fate() == Fate.MASKED);
    }
  }

  @Test
  void theCheckListsAllThatIsWrong() throws IOException {
    List<String> samples = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      samples.add(textOnly("good" + i, "Who?", "Me."));
    }
    samples.add(pictured("missing", "none.png", "Who?", "Me."));
    samples.add(pictured("damaged", "bad.png", "Who?", "Me. ASSISTANT: You."));
    samples.add("{\"id\": \"silent\"}");
    samples.add(textOnly("long", "Who?", "Me. ".repeat(60)));
    samples.add(textOnly("longer", "Who? ".repeat(60), "Me."));
    DatasetPlan plan = plan("set", samples.toArray(String[]::new));
    Files.writeString(plan.images().resolve("bad.png"), "not a picture");
    DatasetPlan gone = new DatasetPlan(folder.resolve("gone.json"), plan.images(), 1);
    List<Long> progress = new ArrayList<>();
    List<Problem> problems =
        check(80).run(List.of(gone, plan, plan), (done, total) -> progress.add(total - done));
    assertThat(problems)
        .extracting(p -> p.exitCode().map(Enum::name).orElse("") + sentence(p))
        .containsExactly(
            "INPUT_MISSING0 gone.json is not there",
            "INPUT_MISSING201 missing",
            "BAD_DATA202 damaged",
            "BAD_DATA202 damaged",
            "BAD_DATA203 silent",
            "204 long",
            "205 longer");
    assertThat(problems.get(2).sentence()).contains("bad.png is damaged");
    assertThat(problems.get(3).sentence()).contains("cannot be labelled");
    assertThat(problems.get(5).sentence()).endsWith("is cut to the longest length, 80.");
    assertThat(problems.get(6).sentence()).endsWith("so that no token of it is supervised.");
    assertThat(progress).isSortedAccordingTo((a, b) -> Long.compare(b, a)).endsWith(0L);
  }

  @Test
  void dataWithNothingToLearnIsAnError() throws IOException {
    DatasetPlan plan = plan("set", textOnly("a", "Who?", "Me."), textOnly("b", "Who?", "Me."));
    assertThat(check(5).run(List.of(plan), (done, total) -> {}))
        .last()
        .satisfies(
            p -> {
              assertThat(p.warning()).isFalse();
              assertThat(p.sentence()).contains("no sample has a supervised token");
            });
  }

  @Test
  void aSampleThatTheModelHasNoRoomForIsAnError() throws IOException {
    DatasetPlan plan =
        plan("set", pictured("seen", "1.png", "Who?", "Me."), textOnly("read", "Who?", "Me."));
    Files.writeString(plan.images().resolve("1.png"), "0.5");
    Labeller labeller = labeller(Objective.VIT, 2048);
    try (Dataset dataset = Dataset.open(List.of(plan), labeller, SmallData::read)) {
      int expanded = dataset.load(0).tokens().length + 9 - 1;
      DataCheck fits = new DataCheck(labeller, room(expanded), 1);
      DataCheck doesNot = new DataCheck(labeller, room(expanded - 1), 1);

      assertThat(fits.run(List.of(plan), (done, total) -> {})).isEmpty();
      assertThat(doesNot.run(List.of(plan), (done, total) -> {}))
          .singleElement()
          .satisfies(
              p -> {
                assertThat(p.exitCode()).contains(ExitCode.BAD_DATA);
                assertThat(p.sentence()).contains("(id seen)", expanded + " tokens");
              });
    }
  }

  /** As LLaVA's {@code prepare_inputs_labels_for_multimodal}, which cuts embeddings and labels. */
  @Test
  void rowsBeyondTheMostAreCut() throws IOException {
    DatasetPlan plan = plan("set", pictured("seen", "1.png", "Who?", "Me."));
    Files.writeString(plan.images().resolve("1.png"), "0.5");
    Labeller labeller = labeller(Objective.VIT, 2048);
    try (Dataset whole = Dataset.open(List.of(plan), labeller, SmallData::read)) {
      Sample uncut = whole.load(0);
      int before = 0;
      while (uncut.tokens()[before] != Sample.IMAGE) {
        before++;
      }
      int rows = uncut.tokens().length + 9 - 1;
      assertThat(loaded(plan, labeller, rows).tokens()).isEqualTo(uncut.tokens());
      Sample shorter = loaded(plan, labeller, rows - 2);
      assertThat(shorter.tokens())
          .isEqualTo(Arrays.copyOf(uncut.tokens(), uncut.tokens().length - 2));
      assertThat(shorter.supervisedTokens()).isEqualTo(uncut.supervisedTokens() - 2);
      assertThat(loaded(plan, labeller, before + 9).pictures()).hasSize(1);
      Sample unseen = loaded(plan, labeller, before + 8);
      assertThat(unseen.pictures()).isEmpty();
      assertThat(unseen.tokens()).isEqualTo(Arrays.copyOf(uncut.tokens(), before));

      List<Problem> cut =
          new DataCheck(labeller, room(rows - 2, Optional.of(rows - 2)), 1)
              .run(List.of(plan), (done, total) -> {});
      assertThat(cut).singleElement().satisfies(p -> assertThat(p.warning()).isTrue());
      assertThat(cut.get(0).sentence())
          .endsWith(
              "with its pictures it has %d rows and is cut to spec.model.maxRows, %d."
                  .formatted(rows, rows - 2));
      assertThat(
              new DataCheck(labeller, room(rows, Optional.of(rows)), 1)
                  .run(List.of(plan), (done, total) -> {}))
          .isEmpty();
    }
  }

  private static Sample loaded(DatasetPlan plan, Labeller labeller, int rows) throws IOException {
    RowLimit limit = new RowLimit(rows, picture -> 9);
    try (Dataset data =
        Dataset.open(List.of(plan), labeller, SmallData::read, Optional.of(limit))) {
      return data.load(0);
    }
  }

  @Test
  void aWeightThatDrawsNothingIsRefused() throws IOException {
    DatasetPlan written = plan("set", textOnly("a", "Who?", "Me."), textOnly("b", "Who?", "Me."));
    DatasetPlan plan = new DatasetPlan(written.annotations(), written.images(), 0.2);
    assertThat(check(2048).run(List.of(plan), (done, total) -> {}))
        .singleElement()
        .satisfies(
            p -> {
              assertThat(p.exitCode()).contains(ExitCode.INVALID);
              assertThat(p.sentence()).contains("weight 0.2 would draw 0 of its 2 samples");
            });
  }

  @Test
  void aMissingImageFolderIsToldOnce() throws IOException {
    DatasetPlan written = plan("set", pictured("a", "1.png", "Who?", "Me."));
    DatasetPlan plan = new DatasetPlan(written.annotations(), folder.resolve("nowhere"), 1);
    assertThat(check(2048).run(List.of(plan), (done, total) -> {}))
        .singleElement()
        .satisfies(p -> assertThat(p.sentence()).contains("nowhere is not there"));
    DatasetPlan pure = plan("pure", textOnly("a", "Who?", "Me."));
    assertThat(
            check(2048)
                .run(
                    List.of(new DatasetPlan(pure.annotations(), folder.resolve("nowhere"), 1)),
                    (done, total) -> {}))
        .isEmpty();
  }

  @Test
  void manySamplesAreCheckedInTheirOrder() throws IOException {
    String[] samples =
        IntStream.range(0, 3000)
            .mapToObj(i -> i % 3 == 0 ? "{\"id\": " + i + "}" : textOnly("" + i, "Who?", "Me."))
            .toArray(String[]::new);
    assertThat(check(2048).run(List.of(plan("many", samples)), (done, total) -> {}))
        .hasSize(1000)
        .extracting(DatasetTest::line)
        .isSorted();
  }

  private DatasetPlan plan(String name, String... samples) throws IOException {
    return SmallData.write(folder.resolve(name), List.of(samples));
  }

  private static Labeller labeller(Objective objective, int maxLength) {
    return Labeller.of(
        tokenizer,
        LabelOptions.model(maxLength, null),
        Stage.FINETUNE,
        LabelOptions.labels(objective, TextOnly.INSTRUCTIONS, Templates.paper()));
  }

  /** Every picture takes nine tokens. */
  private static DataCheck.Room room(int positions) {
    return room(positions, Optional.empty());
  }

  private static DataCheck.Room room(int positions, Optional<Integer> maxRows) {
    return new DataCheck.Room(
        picture -> {
          SmallData.read(picture);
          return 9;
        },
        positions,
        maxRows);
  }

  private static DataCheck check(int maxLength) {
    return new DataCheck(labeller(Objective.VIT, maxLength), ROOM, 2);
  }

  private static int line(Problem problem) {
    Matcher line = Pattern.compile(" line (\\d+), sample").matcher(problem.sentence());
    return line.find() ? Integer.parseInt(line.group(1)) : 0;
  }

  /** Line, and the id or the beginning of what is said of the file. */
  private String sentence(Problem problem) {
    String sentence = problem.sentence().replace(folder + "/", "");
    int id = sentence.indexOf("(id ");
    String name =
        id < 0
            ? sentence.substring(0, "gone.json is not there".length())
            : sentence.substring(id + 4, sentence.indexOf(')', id));
    return line(problem) + " " + name;
  }
}
