package io.litoperator.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.plan.Objective;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

class TerminalTest {
  private static final String ERASE = "\r\u001b[K";

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final AtomicLong now = new AtomicLong();

  @Test
  void withoutATerminalItWritesALineEveryFivePercent() {
    Terminal terminal = terminal(Screen.plain());
    for (int step = 1; step <= 350; step++) {
      terminal.on(Histories.step("finetune", step, 350, 1));
    }

    assertThat(output().lines()).hasSize(21).noneMatch(line -> line.contains("\u001b"));
    assertThat(output().lines().toList().get(20)).contains("350/350  100%");
  }

  @Test
  void withoutATerminalItWritesALineEveryTenSeconds() {
    Terminal terminal = terminal(Screen.plain());
    for (int step = 1; step <= 30; step++) {
      terminal.on(Histories.step("finetune", step, 100_000, 1));
      now.addAndGet(Duration.ofSeconds(1).toNanos());
    }

    assertThat(output().lines()).hasSize(3);
  }

  @Test
  void onATerminalTheLineIsWrittenOverAndAtMostTenTimesASecond() {
    Terminal terminal = terminal(new Screen(true, 60, Ansi.OFF));
    for (int step = 1; step <= 20; step++) {
      terminal.on(Histories.step("finetune", step, 100, 1));
      now.addAndGet(Duration.ofMillis(50).toNanos());
    }

    assertThat(output()).doesNotContain("\n");
    String[] drawn = output().substring(ERASE.length()).split("\r\u001b\\[K");
    assertThat(drawn).hasSize(10).allMatch(line -> line.length() < 60);
  }

  @Test
  void aLineThatStaysTakesTheLiveLinesPlace() {
    Terminal terminal = terminal(new Screen(true, 80, Ansi.OFF));
    terminal.on(Histories.step("finetune", 1, 100, 1));
    terminal.on(new Event.Notice("the disk is nearly full"));
    terminal.on(Histories.step("finetune", 2, 100, 1));
    terminal.close();

    assertThat(output()).contains(ERASE + "Note: the disk is nearly full\n").endsWith("\n");
  }

  @Test
  void filesAreToldInBytesWithTheirRate() {
    terminal(Screen.plain())
        .on(new Event.FileProgress("writing finetune-30", 1 << 20, 4 << 20, 1 << 18, 12));

    assertThat(output())
        .isEqualTo("writing finetune-30 1.0 MiB of 4.0 MiB   25%  256.0 KiB/s  12 s left\n");
  }

  @Test
  void stepsAndFilesThatTakeTurnsAreToldAtTheirOwnPace() {
    Terminal terminal = terminal(Screen.plain());
    for (int i = 1; i <= 20; i++) {
      terminal.on(Histories.step("finetune", i, 100_000, 1));
      terminal.on(new Event.FileProgress("writing finetune-30", i, 1000, 1, 1000 - i));
      now.addAndGet(Duration.ofSeconds(1).toNanos());
    }

    assertThat(output().lines()).hasSize(4);
  }

  @Test
  void textOfOthersCannotSteerTheTerminal() {
    terminal(Screen.plain()).on(new Event.Notice("a\u001b[2Jb\rc"));

    assertThat(output()).isEqualTo("Note: a␛[2Jb␍c\n");
  }

  @Test
  void coloursOnlyWhereWanted() {
    terminal(new Screen(true, 80, Ansi.ON)).on(new Event.Notice("hello"));

    assertThat(output()).isEqualTo("\u001b[33mNote: hello\u001b[0m\n");
  }

  @Test
  void aRunIsToldFromBeginningToEnd() {
    Terminal terminal = terminal(Screen.plain());
    List<Path> pictures = List.of(Path.of("scene.png"));
    List<Event> events = new ArrayList<>(Histories.run(Objective.VIT, 42, pictures));
    events.addAll(Histories.restarted(Objective.LIT, 42, pictures));
    events.forEach(terminal::on);
    terminal.on(new Event.EvaluationProgress("pope", 450, 450, 0));
    terminal.on(
        new Event.Summary(301, Map.of(), RunHistory.of(events).scores(), "out/report.html"));

    assertThat(output())
        .contains(
            "quickstart · LIT · seed 42 · 812.4 k parameters · 2 ranks · lit-output/",
            "finetune: 350 steps over 1,500 samples, 660.0 k parameters train; goes on after step 200",
            "checkpoint finetune-350 saved, 9.3 MiB in 0.4 s",
            "Restarted (attempt 2, PEER_LOST): Rank 1 was killed (signal 9). Goes on from finetune-200.",
            "LIT evaluate pope 450/450  100%",
            "samples/s, ",
            "time: data 1 %, forward 30 %, backward 50 %, communication 5 %, optimizer 4 %, device 6 %, rest 4 %",
            "LIT done in 2 min 31 s",
            "LIT − VIT",
            "one seed: differences of this size can be chance",
            "Report: out/report.html");
  }

  private Terminal terminal(Screen screen) {
    return new Terminal(out, screen, now::get);
  }

  private String output() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
