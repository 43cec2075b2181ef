package io.litoperator.worker.data.loading;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.data.labels.Labeller;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.plan.DatasetPlan;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DataCheckTest extends SmallData {
  private static final DataCheck.Room ROOM = room(4096);

  @Test
  void listsAllThatIsWrong() throws IOException {
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
        check(80).run(List.of(gone, plan, plan), (what, done, total) -> progress.add(total - done));
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
    assertThat(check(5).run(List.of(plan), Progress.NONE))
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

      assertThat(fits.run(List.of(plan), Progress.NONE)).isEmpty();
      assertThat(doesNot.run(List.of(plan), Progress.NONE))
          .singleElement()
          .satisfies(
              p -> {
                assertThat(p.exitCode()).contains(ExitCode.BAD_DATA);
                assertThat(p.sentence()).contains("(id seen)", expanded + " tokens");
              });
    }
  }

  @Test
  void aSampleWithMoreRowsThanTheMostIsToldToBeCut() throws IOException {
    DatasetPlan plan = plan("set", pictured("seen", "1.png", "Who?", "Me."));
    Files.writeString(plan.images().resolve("1.png"), "0.5");
    Labeller labeller = labeller(Objective.VIT, 2048);
    try (Dataset whole = Dataset.open(List.of(plan), labeller, SmallData::read)) {
      int rows = whole.load(0).tokens().length + 9 - 1;

      assertThat(
              new DataCheck(labeller, room(rows - 2, Optional.of(rows - 2)), 1)
                  .run(List.of(plan), Progress.NONE))
          .singleElement()
          .satisfies(
              cut -> {
                assertThat(cut.warning()).isTrue();
                assertThat(cut.sentence())
                    .endsWith(
                        "with its pictures it has %d rows and is cut to spec.model.maxRows, %d."
                            .formatted(rows, rows - 2));
              });
      assertThat(
              new DataCheck(labeller, room(rows, Optional.of(rows)), 1)
                  .run(List.of(plan), Progress.NONE))
          .isEmpty();
    }
  }

  @Test
  void aWeightThatDrawsNothingIsRefused() throws IOException {
    DatasetPlan written = plan("set", textOnly("a", "Who?", "Me."), textOnly("b", "Who?", "Me."));
    DatasetPlan plan = new DatasetPlan(written.annotations(), written.images(), 0.2);
    assertThat(check(2048).run(List.of(plan), Progress.NONE))
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
    assertThat(check(2048).run(List.of(plan), Progress.NONE))
        .singleElement()
        .satisfies(p -> assertThat(p.sentence()).contains("nowhere is not there"));
    DatasetPlan pure = plan("pure", textOnly("a", "Who?", "Me."));
    assertThat(
            check(2048)
                .run(
                    List.of(new DatasetPlan(pure.annotations(), folder.resolve("nowhere"), 1)),
                    Progress.NONE))
        .isEmpty();
  }

  @Test
  void manySamplesAreCheckedInTheirOrder() throws IOException {
    String[] samples =
        IntStream.range(0, 3000)
            .mapToObj(i -> i % 3 == 0 ? "{\"id\": " + i + "}" : textOnly("" + i, "Who?", "Me."))
            .toArray(String[]::new);
    assertThat(check(2048).run(List.of(plan("many", samples)), Progress.NONE))
        .extracting(DataCheckTest::line)
        .isEqualTo(IntStream.range(0, 1000).mapToObj(i -> 3 * i + 1).toList());
  }

  /** Every picture takes nine tokens. */
  private static DataCheck.Room room(int positions) {
    return room(positions, Optional.empty());
  }

  private static DataCheck.Room room(int positions, Optional<Integer> maxRows) {
    return new DataCheck.Room(
        picture -> {
          read(picture);
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
