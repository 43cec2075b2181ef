package io.litoperator.worker.report;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalInt;
import picocli.CommandLine.Help.Ansi;

/**
 * What the standard output is shown on.
 *
 * @param live whether a line can be written over
 * @param width in characters
 * @param ansi whether to colour
 */
public record Screen(boolean live, int width, Ansi ansi) {
  private static final int DEFAULT_WIDTH = 80;

  /**
   * Asks the operating system and the environment: {@code NO_COLOR}, {@code TERM=dumb} and {@code
   * COLUMNS} are honoured.
   */
  public static Screen detect() {
    Map<String, String> environment = System.getenv();
    boolean terminal = isTerminal();
    String size = terminal ? sizeOfTerminal() : "";
    return of(environment, terminal, size);
  }

  /** Not a terminal: plain lines without colours. */
  public static Screen plain() {
    return new Screen(false, DEFAULT_WIDTH, Ansi.OFF);
  }

  /**
   * @param size rows and columns, as {@code stty size} prints them; empty if unknown
   */
  static Screen of(Map<String, String> environment, boolean terminal, String size) {
    boolean live = terminal && !"dumb".equals(environment.get("TERM"));
    boolean colour = live && environment.getOrDefault("NO_COLOR", "").isEmpty();
    int width =
        positive(environment.getOrDefault("COLUMNS", ""))
            .orElse(positive(size.substring(size.indexOf(' ') + 1)).orElse(DEFAULT_WIDTH));
    return new Screen(live, width, colour ? Ansi.ON : Ansi.OFF);
  }

  private static OptionalInt positive(String text) {
    return text.strip().matches("[1-9]\\d{0,4}")
        ? OptionalInt.of(Integer.parseInt(text.strip()))
        : OptionalInt.empty();
  }

  /**
   * Java 17 tells only whether both input and output are; a redirected input must not matter. A
   * system without {@code test} gets plain lines.
   */
  private static boolean isTerminal() {
    try {
      return new ProcessBuilder("test", "-t", "1").inheritIO().start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String sizeOfTerminal() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(Redirect.DISCARD)
              .start();
      try (var output = stty.getInputStream()) {
        return new String(output.readAllBytes(), StandardCharsets.US_ASCII).strip();
      }
    } catch (IOException e) {
      return "";
    }
  }
}
