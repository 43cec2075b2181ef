package io.litoperator.worker.evaluate.published;

import io.litoperator.worker.data.image.Picture;
import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.TaskData;
import io.litoperator.worker.evaluate.task.EvaluationTask.Asking;
import io.litoperator.worker.evaluate.task.Tasks;
import io.litoperator.worker.plan.EvaluationPlan.Task;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.io.TempDir;

/** Tests of published data sets, which DuckDB writes. */
abstract class PublishedData {
  @TempDir Path data;

  TaskData open(String task) {
    PublishedFolder.Place place = PublishedFolder.find(data, task);
    return TaskData.open(new Task(task, place.data(), place.images(), 8), (Asking) Tasks.of(task));
  }

  static Picture picture(TaskData found, Question question) {
    return found.picture(question, question.image());
  }

  /**
   * @param sql with a place for each picture
   * @param widths of the pictures
   */
  void write(String file, String sql, Integer... widths) throws Exception {
    Path target = data.resolve(file);
    Files.createDirectories(target.getParent());
    Object[] pictures = List.of(widths).stream().map(PublishedData::struct).toArray();
    try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckdb.createStatement()) {
      statement.execute(
          "COPY (%s) TO '%s' (FORMAT parquet)".formatted(sql.formatted(pictures), target));
    }
  }

  private static String struct(int width) {
    try {
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      ImageIO.write(new BufferedImage(width, 8, BufferedImage.TYPE_INT_RGB), "png", png);
      return "{'bytes': from_hex('%s'), 'path': 'a.png'}"
          .formatted(HexFormat.of().formatHex(png.toByteArray()));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
