package io.litoperator.worker.data.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Inspection;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.data.labels.Labeller;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.DatasetPlan;
import io.litoperator.worker.plan.Objective;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DatasetTest extends SmallData {
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
    }
  }

  private static Sample loaded(DatasetPlan plan, Labeller labeller, int rows) throws IOException {
    RowLimit limit = new RowLimit(rows, picture -> 9);
    try (Dataset data =
        Dataset.open(List.of(plan), labeller, SmallData::read, Optional.of(limit))) {
      return data.load(0);
    }
  }
}
