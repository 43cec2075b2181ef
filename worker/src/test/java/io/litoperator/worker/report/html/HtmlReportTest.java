package io.litoperator.worker.report.html;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.data.Inspection;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.Histories;
import io.litoperator.worker.report.RunHistory;
import io.litoperator.worker.report.Scenes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages are kept in {@code target/report-pages}, to be looked at. */
class HtmlReportTest {
  private static final Path PAGES = Path.of("target", "report-pages");

  @TempDir static Path folder;
  private static List<Path> pictures;

  /** VIT and LIT with one seed, LIT with a restart; not changed by any test. */
  private static Document oneSeed;

  @BeforeAll
  static void renderOneSeed() throws IOException {
    pictures =
        List.of(
            Scenes.draw(folder.resolve("scene-1.png"), 96),
            Scenes.draw(folder.resolve("scene-2.png"), 96),
            Scenes.draw(folder.resolve("large.jpg"), 1200),
            folder.resolve("gone.png"));
    List<Event> events = new ArrayList<>(Histories.run(Objective.VIT, 42, pictures));
    events.addAll(Histories.restarted(Objective.LIT, 42, pictures));
    oneSeed = page("one-seed", RunHistory.of(events));
  }

  @Test
  void needsNothingButItself() {
    assertThat(oneSeed.select("[src], [href], link, script[src]"))
        .allSatisfy(
            element ->
                assertThat(element.hasAttr("src") ? element.attr("src") : element.attr("href"))
                    .startsWith("data:"));
    assertThat(oneSeed.select("style").html()).doesNotContain("url(", "@import");
    assertThat(oneSeed.html()).doesNotContain("http://", "https://");
    assertThat(oneSeed.select("[id]").eachAttr("id")).doesNotHaveDuplicates();
  }

  @Test
  void comparesOneSeedWithACaution() {
    assertThat(oneSeed.select("#scores > .note").first().text())
        .isEqualTo("one seed: differences of this size can be chance.");
    assertThat(oneSeed.select("#scores thead th").eachText())
        .containsExactly("Score", "VIT", "LIT", "LIT − VIT");
    assertThat(oneSeed.select("#scores td").eachText()).noneMatch(cell -> cell.contains("±"));
    assertThat(oneSeed.select(".seed, .spread")).isEmpty();
  }

  @Test
  void comparesSeveralSeedsByMeanAndSpread() throws IOException {
    List<Event> events = new ArrayList<>();
    for (long seed = 1; seed <= 3; seed++) {
      events.addAll(Histories.run(Objective.VIT, seed, pictures));
      events.addAll(
          seed == 2
              ? Histories.restarted(Objective.LIT, seed, pictures)
              : Histories.run(Objective.LIT, seed, pictures));
    }
    Document page = page("three-seeds", RunHistory.of(events));

    assertThat(page.select("#scores > .note").first().text()).startsWith("3 seeds: mean ±");
    assertThat(page.select("#scores tbody tr:first-child td").eachText())
        .hasSize(3)
        .satisfies(cells -> assertThat(cells.subList(0, 2)).allMatch(cell -> cell.contains("±")));
    assertThat(page.select(".bars figure:first-child .bar")).hasSize(2);
    assertThat(page.select(".bars figure:first-child .seed")).hasSize(6);
    assertThat(page.select(".facts div:contains(compared) dd").text())
        .isEqualTo("same seeds, same steps");
    assertThat(page.select("#training .charts .restart title").first().text())
        .contains("LIT, seed 2", "finetune step 230", "Rank 1 was killed", "finetune-200");
  }

  @Test
  void drawsACurveForEachObjectiveAndSaysWhoHasNone() {
    Element instructions = oneSeed.select("figure.chart:contains(Loss of instructions)").first();
    assertThat(instructions.select("path.curve")).hasSize(1);
    assertThat(instructions.select("figcaption").text()).contains("none under VIT");
    assertThat(oneSeed.select("h3:contains(pretrain) + .charts .chart")).hasSize(4);
    assertThat(oneSeed.select("h3:contains(finetune) + .charts .chart")).hasSize(5);
    assertThat(oneSeed.select(".charts + .note").eachText())
        .hasSize(2)
        .allMatch(text -> text.contains("LIT: data 1 %, forward 30 %, backward 50 %"));
    assertThat(oneSeed.select(".chart svg[role=img]"))
        .isNotEmpty()
        .allSatisfy(svg -> assertThat(svg.attr("aria-label")).contains("steps ", " from ", " to "));
  }

  @Test
  void drawsScoresOverTheStepsWhereCheckpointsWereScored() throws IOException {
    List<Event> events = new ArrayList<>(Histories.run(Objective.VIT, 42, pictures));
    events.addAll(Histories.scoredOnTheWay(Objective.LIT, 42, pictures));
    Document page = page("scored-checkpoints", RunHistory.of(events));

    Element pope = page.select("#scores .chart:contains(pope.accuracy)").first();
    assertThat(pope.select("figcaption").text()).contains("higher is better");
    // VIT's one score is a point, which no line shows.
    assertThat(pope.select("svg[role=img]").attr("aria-label"))
        .contains("steps 100 to 350", "LIT from 0.250 to ");
    assertThat(page.select("#scores tbody tr:contains(pope.accuracy) td").eachText())
        .isEqualTo(oneSeed.select("#scores tbody tr:contains(pope.accuracy) td").eachText());
    assertThat(oneSeed.select("#scores .chart")).isEmpty();
  }

  @Test
  void showsAnswersWithPicturesThatAreEmbeddedSmall() throws IOException {
    Element caption = oneSeed.select("article.sample:has(.task:contains(chair))").first();
    assertThat(caption.select(".wrong dd").text())
        .contains("<b>dog</b>", "✗ wrong")
        .doesNotContain("✓");
    assertThat(caption.select(".right dd").text()).contains("✓ right");
    assertThat(oneSeed.select("article.sample .nopicture").text()).contains("gone.png");
    for (Element image : oneSeed.select("article.sample img")) {
      assertThat(image.attr("alt")).isNotBlank();
      byte[] bytes = Base64.getDecoder().decode(image.attr("src").replaceFirst(".*,", ""));
      assertThat(ImageIO.read(new ByteArrayInputStream(bytes)).getWidth())
          .isEqualTo(Integer.parseInt(image.attr("width")))
          .isLessThanOrEqualTo(320);
    }
  }

  @Test
  void showsEveryTokenOfAMaskWithItsFate() {
    Element mask = oneSeed.select("#masks article.mask").first();
    assertThat(mask.select("h3").eachText())
        .containsExactly("VIT 4 of 41 tokens supervised", "LIT 20 of 41 tokens supervised");
    Element lit = mask.select(".tokens").last();
    assertThat(lit.select(".answer .t").eachText())
        .containsExactly("top-left", "</s>", "green", "</s>");
    assertThat(lit.select(".template .sr").text()).isEqualTo("template:");
    assertThat(lit.select(".t").stream().map(Element::wholeText)).contains("↵\n").hasSize(41);
    assertThat(oneSeed.select("#masks .legend .fate").eachText())
        .containsExactly("answer", "instruction", "template", "masked");
  }

  @Test
  void leavesOutWhatARunDoesNotHave() throws IOException {
    List<Event> events =
        List.of(
            new Event.RunStarted("tiny & \"quoted\"", "LIT", 7, 1, 1_000, "out"),
            new Event.StageStarted("finetune", 0, 2, 4, 10),
            Histories.step("finetune", 1, 2, Double.NaN));
    Document page = page("unfinished", RunHistory.of(events));

    assertThat(page.select("h1").text()).isEqualTo("tiny & \"quoted\"");
    assertThat(page.select("#scores, #answers, #masks")).isEmpty();
    assertThat(page.select(".facts dt").eachText()).doesNotContain("compared", "time of all runs");
    assertThat(page.select("#runs summary").text()).contains("not finished");
  }

  @Test
  void inspectsWithoutARun() throws IOException {
    Path file = PAGES.resolve("inspect.html");
    var bad =
        new Inspection(
            "bad",
            Objective.LIT,
            List.of(),
            List.of(),
            Optional.of("the conversation does not alternate"));

    InspectPage.write(
        file, "quickstart", List.of(Histories.inspection(Objective.LIT, pictures), bad));

    Document page = Jsoup.parse(file.toFile(), "UTF-8");
    assertThat(page.select("article.mask")).hasSize(2);
    assertThat(page.select("article.mask img")).hasSize(1);
    assertThat(page.select(".refused").text())
        .isEqualTo("Cannot be trained on: the conversation does not alternate");
  }

  private static Document page(String name, RunHistory history) throws IOException {
    Path file = PAGES.resolve(name + ".html");
    HtmlReport.write(file, history);
    assertThat(Files.size(file)).isLessThan(2 << 20);
    return Jsoup.parse(file.toFile(), "UTF-8");
  }
}
