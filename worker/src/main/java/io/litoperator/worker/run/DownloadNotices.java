package io.litoperator.worker.run;

import io.litoperator.worker.report.Numbers;
import io.litoperator.worker.transfer.Progress;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Tells of downloads in sentences, at each tenth, for logs that nobody watches. */
final class DownloadNotices implements Progress {
  private static final int PARTS = 10;

  private final Consumer<String> notice;
  private final Map<String, Long> told = new HashMap<>();

  DownloadNotices(Consumer<String> notice) {
    this.notice = notice;
  }

  @Override
  public synchronized void on(String what, long done, long total) {
    long part = total == 0 ? PARTS : done * PARTS / total;
    if (part > told.getOrDefault(what, -1L)) {
      told.put(what, part);
      notice.accept(
          "Got %s of %s of %s.".formatted(Numbers.bytes(done), Numbers.bytes(total), what));
    }
  }
}
