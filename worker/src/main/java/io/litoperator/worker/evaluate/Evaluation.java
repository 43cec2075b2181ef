package io.litoperator.worker.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.data.tokens.Tokenizer;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.model.Inference;
import io.litoperator.worker.plan.EvaluationPlan.Task;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.Listener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Asks the model a task's questions, shared out among the ranks, and scores its answers. */
public final class Evaluation {
  private static final int BATCH = 64;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<TreeMap<Integer, String>> ANSWERS = new TypeReference<>() {};

  private final Inference model;
  private final Tokenizer tokenizer;
  private final Prompts prompts;
  private final Collective ranks;
  private final Listener progress;

  /**
   * @param progress told on every rank; only one need listen
   */
  public Evaluation(
      Inference model, Tokenizer tokenizer, Prompts prompts, Collective ranks, Listener progress) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.prompts = prompts;
    this.ranks = ranks;
    this.progress = progress;
  }

  /** All questions with the model's answers, on every rank, in the order of the questions. */
  public List<Answered> answer(Task task, List<Question> questions) {
    Map<Integer, String> mine = answerShare(task, questions);
    Map<Integer, String> all = new TreeMap<>();
    for (byte[] bytes : ranks.allGather(toJson(mine))) {
      all.putAll(fromJson(bytes));
    }
    List<Answered> answered = new ArrayList<>();
    for (int i = 0; i < questions.size(); i++) {
      answered.add(new Answered(questions.get(i), all.get(i)));
    }
    return answered;
  }

  private Map<Integer, String> answerShare(Task task, List<Question> questions) {
    List<Integer> share = new ArrayList<>();
    for (int i = ranks.rank(); i < questions.size(); i += ranks.worldSize()) {
      share.add(i);
    }
    // Questions of like length make batches that end together.
    share.sort(Comparator.comparingInt(i -> questions.get(i).question().length()));
    Inference.Limits limits =
        new Inference.Limits(task.maxNewTokens(), Set.of(tokenizer.endOfSequence().id()), false);
    Map<Integer, String> answers = new TreeMap<>();
    long start = System.nanoTime();
    for (int from = 0; from < share.size(); from += BATCH) {
      List<Integer> batch = share.subList(from, Math.min(share.size(), from + BATCH));
      List<Sample> samples =
          batch.stream().map(i -> prompts.unanswered(task, questions.get(i))).toList();
      List<int[]> made = model.generate(samples, limits);
      for (int i = 0; i < batch.size(); i++) {
        answers.put(batch.get(i), tokenizer.decode(made.get(i)).strip());
      }
      tellProgress(task, answers.size(), share.size(), questions.size(), start);
    }
    return answers;
  }

  private void tellProgress(Task task, int done, int share, int total, long start) {
    double seconds = (System.nanoTime() - start) * 1e-9;
    progress.on(
        new Event.EvaluationProgress(
            task.name(),
            Math.round((double) done / share * total),
            total,
            seconds / done * (share - done)));
  }

  private static byte[] toJson(Map<Integer, String> answers) {
    try {
      return JSON.writeValueAsBytes(answers);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<Integer, String> fromJson(byte[] bytes) {
    try {
      return JSON.readValue(bytes, ANSWERS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
