package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.checkpoint.AttemptStore;
import io.litoperator.worker.checkpoint.CheckpointId;
import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.checkpoint.Fingerprint;
import io.litoperator.worker.checkpoint.Share;
import io.litoperator.worker.checkpoint.Snapshot;
import io.litoperator.worker.checkpoint.TrainingState;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.run.EvaluationScores.Score;
import io.litoperator.worker.safetensors.Shards;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointScoresTest {
  @TempDir Path folder;
  private CheckpointStore store;

  @BeforeEach
  void saveCheckpoints() {
    store = new CheckpointStore(folder);
    for (long step = 1; step <= 3; step++) {
      save(step, 42);
    }
  }

  @Test
  void theHighestMainScoreOfTheFirstTaskIsBestAndOfEqualOnesTheNewest() {
    CheckpointScores scores = scores("pope");
    score(scores, 1, new Score("pope", "accuracy", .9, 10, "s"), other("gqa", .1));
    score(scores, 2, new Score("pope", "accuracy", .9, 10, "s"), other("gqa", .2));
    score(scores, 3, other("gqa", .99), new Score("pope", "accuracy", .8, 10, "s"));

    assertThat(scores.best(store.complete())).contains(id(2));
    assertThat(scores("gqa").best(store.complete())).contains(id(3));
  }

  @Test
  void hallucinationsAreBetterWhereTheyAreFewer() {
    CheckpointScores scores = scores("chair");
    score(scores, 1, new Score("chair", "i", .2, 10, "s"), new Score("chair", "s", .1, 10, "s"));
    score(scores, 2, new Score("chair", "i", .1, 10, "s"), new Score("chair", "s", .9, 10, "s"));

    assertThat(scores.best(store.complete())).contains(id(2));
  }

  @Test
  void onlyScoresOfTheVeryCheckpointCount() {
    CheckpointScores scores = scores("pope");
    score(scores, 1, new Score("pope", "accuracy", .5, 10, "s"));
    score(scores, 2, new Score("pope", "accuracy", .9, 10, "s"));
    score(scores, 3, new Score("pope", "accuracy", Double.NaN, 10, "s"));
    save(2, 43);

    assertThat(scores.all(store.complete()).keySet()).containsExactly(id(1));
    assertThat(scores.best(store.complete())).contains(id(1));
    assertThat(scores("gqa").best(store.complete())).isEmpty();
  }

  private CheckpointScores scores(String first) {
    return new CheckpointScores(folder.resolve("predictions"), store, Optional.of(first));
  }

  private static Score other(String task, double score) {
    return new Score(task, "accuracy", score, 10, "s");
  }

  private void score(CheckpointScores scores, long step, Score... all) {
    String digest = store.complete(id(step)).orElseThrow().digest();
    new EvaluationScores("model", digest, List.of(all)).write(scores.folder(id(step)));
  }

  private static CheckpointId id(long step) {
    return new CheckpointId(Stage.FINETUNE, step);
  }

  private void save(long step, long seed) {
    String model = Fingerprint.ofModel(Map.of()).digest();
    Fingerprint plan = new Fingerprint(new TreeMap<>());
    AttemptStore attempt = store.of(0, "pod");
    attempt.begin(id(step));
    attempt.finish(
        new Snapshot(
            new TrainingState(Stage.FINETUNE, step, seed, 1, Objective.LIT, plan, model),
            Share.ALL,
            Shards.of(List.of(), Shards.DEFAULT_BYTES),
            List.of(),
            Map.of()));
  }
}
