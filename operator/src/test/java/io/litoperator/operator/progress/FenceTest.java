package io.litoperator.operator.progress;

import static io.litoperator.operator.progress.Fixtures.COORDINATOR;
import static io.litoperator.operator.progress.Fixtures.JOB_UID;
import static io.litoperator.operator.progress.Fixtures.NAME;
import static io.litoperator.operator.progress.Fixtures.OTHER_UID;
import static io.litoperator.operator.progress.Fixtures.POD_UID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.Progress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FenceTest {
  private static final int PASSES = 200;
  private static final LitTrainingJob RECORDED = Fixtures.job(NAME, JOB_UID, POD_UID, 3);
  private static final LitTrainingJob UNRECORDED = Fixtures.job(NAME, JOB_UID, null, 3);
  private static final LitTrainingJob ANOTHER_OF_THAT_NAME = Fixtures.job(NAME, OTHER_UID, null, 3);

  static Stream<Arguments> senders() {
    return Stream.of(
        arguments("the recorded member", RECORDED, seen(POD_UID, 3), COORDINATOR, PASSES),
        arguments("the recorded member, not seen yet", RECORDED, none(), COORDINATOR, PASSES),
        arguments("another node", RECORDED, seen(POD_UID, 3), sender("team", "demo-1"), 403),
        arguments("another namespace", RECORDED, seen(POD_UID, 3), sender("x", "demo-0"), 403),
        arguments(
            "a replaced Pod",
            Fixtures.job(NAME, JOB_UID, OTHER_UID, 3),
            seen(OTHER_UID, 3),
            COORDINATOR,
            409),
        arguments("a new Pod of the attempt", UNRECORDED, seen(POD_UID, 3), COORDINATOR, PASSES),
        arguments("a new Pod, not seen yet", UNRECORDED, none(), COORDINATOR, 503),
        arguments("its predecessor is seen", UNRECORDED, seen(OTHER_UID, 2), COORDINATOR, 503),
        arguments("a Pod of a former attempt", UNRECORDED, seen(POD_UID, 2), COORDINATOR, 409),
        arguments(
            "a Pod of another job of that name",
            ANOTHER_OF_THAT_NAME,
            seen(POD_UID, 3),
            COORDINATOR,
            409));
  }

  private static Sender sender(String namespace, String pod) {
    return new Sender(namespace, pod, POD_UID);
  }

  private static Optional<Pod> seen(String uid, int attempt) {
    return Optional.of(Fixtures.pod(RECORDED, uid, attempt));
  }

  private static Optional<Pod> none() {
    return Optional.empty();
  }

  @ParameterizedTest(name = "{0}: {4}")
  @MethodSource("senders")
  void onlyTheCurrentCoordinatorMaySpeak(
      String name, LitTrainingJob job, Optional<Pod> pod, Sender sender, int code) {
    assertThat(code(() -> Fence.checkSender(job, pod, sender))).isEqualTo(code);
  }

  static Stream<Arguments> orders() {
    return Stream.of(
        arguments("the next", POD_UID, 4, 8, 50L, Map.of("Hang", 1), PASSES),
        arguments("the same again", POD_UID, 4, 7, 50L, Map.of("Hang", 1), 409),
        arguments("an overtaken one", POD_UID, 4, 6, 50L, Map.of("Hang", 1), 409),
        arguments("a former attempt", POD_UID, 3, 8, 50L, Map.of("Hang", 1), 409),
        arguments("before the member's attempt", OTHER_UID, 2, 1, 1L, Map.of(), 409),
        arguments("a successor, from 1", OTHER_UID, 3, 1, 1L, Map.of(), PASSES),
        arguments("fewer restarts", POD_UID, 4, 8, 50L, Map.of(), 400),
        arguments("an earlier step", POD_UID, 4, 8, 49L, Map.of("Hang", 1), 400),
        arguments("an earlier step of a new attempt", POD_UID, 5, 8, 9L, Map.of("Hang", 2), PASSES),
        arguments("no step at all", POD_UID, 4, 8, null, Map.of("Hang", 1), PASSES));
  }

  @ParameterizedTest(name = "{0}: {6}")
  @MethodSource("orders")
  void reportsGoForward(
      String name,
      String podUid,
      int attempt,
      long sequence,
      Long step,
      Map<String, Integer> restarts,
      int code) {
    ProgressStatus before =
        Reports.fold(
            ProgressStatus.of(null), POD_UID, report(4, 7, 50L, Map.of("Hang", 1)), Instant.now());
    ProgressReport next = report(attempt, sequence, step, restarts);

    assertThat(code(() -> Fence.checkOrder(RECORDED, before, podUid, next))).isEqualTo(code);
  }

  private static ProgressReport report(
      int attempt, long sequence, Long step, Map<String, Integer> restarts) {
    Progress progress = step == null ? null : Fixtures.progress(step);
    return new ProgressReport(
        attempt,
        sequence,
        Activity.FINETUNING,
        2,
        progress,
        List.of(),
        null,
        List.of(),
        restarts,
        null);
  }

  private static int code(Runnable check) {
    RequestRefusedException refusal =
        catchThrowableOfType(RequestRefusedException.class, check::run);
    return refusal == null ? PASSES : refusal.code();
  }
}
