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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Asks the model a task's questions, shared out among the ranks, and scores its answers. */
public final class Evaluation {
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

  /**
   * All questions with the model's answers, on every rank, in the order of the questions.
   *
   * @param kept answers of an earlier start, which are not made again while the same is asked; what
   *     any rank sees counts
   * @param stopRequested asked before each batch; ranks may learn of it at different moments
   * @return empty on every rank if a stop has left questions unanswered
   */
  public Optional<List<Answered>> answer(
      Task task, TaskData data, KeptAnswers kept, BooleanSupplier stopRequested) {
    // Nobody adds an answer before everybody has read the old ones.
    KeptAnswers.Earlier earlier = kept.read(task, data);
    Map<Integer, String> all = ofAllRanks(earlier.byQuestion());
    if (earlier.others() > 0 && all.size() < data.questions().size()) {
      tellOthers(task, earlier.others());
    }
    Map<Integer, String> mine = answerShare(task, data, all, kept, stopRequested);
    all.putAll(ofAllRanks(mine));
    if (all.size() < data.questions().size()) {
      return Optional.empty();
    }
    List<Answered> answered = new ArrayList<>();
    for (int i = 0; i < data.questions().size(); i++) {
      answered.add(new Answered(data.questions().get(i), all.get(i)));
    }
    return Optional.of(answered);
  }

  private void tellOthers(Task task, int others) {
    progress.on(
        new Event.Notice(
            "Kept answers of %s that are to other questions, pictures or lengths than are asked now are not taken: %d."
                .formatted(task.name(), others)));
  }

  private Map<Integer, String> ofAllRanks(Map<Integer, String> mine) {
    Map<Integer, String> all = new TreeMap<>();
    for (byte[] bytes : ranks.allGather(toJson(mine))) {
      all.putAll(fromJson(bytes));
    }
    return all;
  }

  private Map<Integer, String> answerShare(
      Task task,
      TaskData data,
      Map<Integer, String> before,
      KeptAnswers kept,
      BooleanSupplier stopRequested) {
    List<Question> questions = data.questions();
    int[] open = IntStream.range(0, questions.size()).filter(i -> !before.containsKey(i)).toArray();
    List<Integer> share = new ArrayList<>();
    for (int i = ranks.rank(); i < open.length; i += ranks.worldSize()) {
      share.add(open[i]);
    }
    share.sort(byLengthAndPicture(questions, share));
    Map<Integer, String> answers = new TreeMap<>();
    long start = System.nanoTime();
    for (int from = 0; from < share.size() && !stopRequested.getAsBoolean(); ) {
      List<Integer> next = share.subList(from, Math.min(share.size(), from + Inference.QUESTIONS));
      List<Sample> samples = prompts.unanswered(data, next.stream().map(questions::get).toList());
      for (int at = 0; at < samples.size() && !stopRequested.getAsBoolean(); ) {
        int end = at + model.batch(samples.subList(at, samples.size()), task.maxNewTokens());
        Map<Integer, String> made = answer(task, next.subList(at, end), samples.subList(at, end));
        kept.add(task, data, made);
        answers.putAll(made);
        tellProgress(task, answers.size(), share.size(), open.length, before.size(), start);
        at = end;
      }
      from += next.size();
    }
    return answers;
  }

  /**
   * Questions of like length make batches that end together; those on the same pictures stand side
   * by side, by the longest of them, since a batch sees a picture once.
   */
  private static Comparator<Integer> byLengthAndPicture(
      List<Question> questions, List<Integer> share) {
    Map<List<String>, Integer> longest = new HashMap<>();
    for (int i : share) {
      Question question = questions.get(i);
      longest.merge(question.images(), question.question().length(), Math::max);
    }
    return Comparator.comparingInt((Integer i) -> longest.get(questions.get(i).images()))
        .thenComparing(i -> String.join("\n", questions.get(i).images()))
        .thenComparingInt(i -> questions.get(i).question().length());
  }

  private Map<Integer, String> answer(Task task, List<Integer> indices, List<Sample> samples) {
    Inference.Limits limits = new Inference.Limits(task.maxNewTokens(), prompts.stops(), false);
    List<int[]> made = model.generate(samples, limits);
    Map<Integer, String> answers = new TreeMap<>();
    for (int i = 0; i < made.size(); i++) {
      answers.put(indices.get(i), tokenizer.decode(made.get(i)).strip());
    }
    return answers;
  }

  private void tellProgress(Task task, int done, int share, int open, int before, long start) {
    double seconds = (System.nanoTime() - start) * 1e-9;
    progress.on(
        new Event.EvaluationProgress(
            task.name(),
            before + Math.round((double) done / share * open),
            before + open,
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
