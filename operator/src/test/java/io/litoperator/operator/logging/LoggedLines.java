package io.litoperator.operator.logging;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.LogContext;
import org.jboss.logmanager.Logger;
import org.jboss.logmanager.formatters.PatternFormatter;

/** The lines that a class logs from now on, as the operator's console shows them. */
public final class LoggedLines extends ExtHandler {
  private final Logger logger;
  private final Level levelBefore;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  /** Of all levels. */
  public LoggedLines(Class<?> source) {
    logger = LogContext.getLogContext().getLogger(source.getName());
    levelBefore = logger.getLevel();
    setFormatter(new PatternFormatter(pattern()));
    setLevel(Level.ALL);
    logger.setLevel(Level.ALL);
    logger.addHandler(this);
  }

  public List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  protected void doPublish(ExtLogRecord line) {
    lines.add(getFormatter().format(line));
  }

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setLevel(levelBefore);
  }

  private static String pattern() {
    try (InputStream settings = LoggedLines.class.getResourceAsStream("/application.properties")) {
      Properties properties = new Properties();
      properties.load(settings);
      return properties.getProperty("quarkus.log.console.format");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
