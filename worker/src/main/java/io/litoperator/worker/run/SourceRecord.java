package io.litoperator.worker.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.litoperator.api.job.HubPath;
import io.litoperator.worker.checkpoint.JobFiles;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.SourceCopy;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code sources.json} beside a job's checkpoints: the commits that its sources on the hub were at,
 * so that a job that goes on, and all of its nodes, take the same.
 */
record SourceRecord(JobFiles files) {
  private static final String FILE = "sources.json";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(
              SerializationFeature.INDENT_OUTPUT, SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  static SourceRecord of(RunPlan plan) {
    return new SourceRecord(Runs.checkpoints(plan).files());
  }

  /** Commits by the sources as the job names them; none before the first run. */
  Map<String, String> read() {
    return files.read(FILE).map(this::parsed).orElse(Map.of());
  }

  private Map<String, String> parsed(byte[] content) {
    try {
      return JSON.readValue(content, new TypeReference<Map<String, String>>() {});
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE,
          "%s does not tell commits; remove it to take the newest.".formatted(files.name(FILE)),
          e);
    }
  }

  /**
   * Keeps a plan's commits.
   *
   * @param goesOn whether those that are kept already stay
   * @return those that are kept now, perhaps by another node, and that the job must take
   */
  Map<String, String> keep(RunPlan plan, boolean goesOn) {
    Map<String, String> commits = commits(plan);
    if (commits.isEmpty()) {
      return commits;
    }
    if (goesOn) {
      return parsed(files.writeOnce(FILE, json(commits)));
    }
    files.write(FILE, json(commits));
    return commits;
  }

  static Map<String, String> commits(RunPlan plan) {
    Map<String, String> commits = new TreeMap<>();
    for (SourceCopy copy : plan.copies()) {
      HubPath.parse(copy.origin()).ifPresent(hub -> commits.put(copy.source(), hub.revision()));
    }
    return commits;
  }

  private static byte[] json(Map<String, String> commits) {
    try {
      return JSON.writeValueAsBytes(commits);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
