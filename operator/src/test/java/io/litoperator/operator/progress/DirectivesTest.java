package io.litoperator.operator.progress;

import static io.litoperator.api.progress.Directive.ABORT;
import static io.litoperator.api.progress.Directive.CHECKPOINT_AND_STOP;
import static io.litoperator.api.progress.Directive.CONTINUE;
import static io.litoperator.operator.progress.Fixtures.POD_UID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.progress.Directive;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DirectivesTest {
  static Stream<Arguments> jobs() {
    return Stream.of(
        when("nothing is wanted", job -> {}, Activity.FINETUNING, CONTINUE),
        when("suspended", DirectivesTest::suspend, Activity.FINETUNING, CHECKPOINT_AND_STOP),
        when(
            "suspended, and stopping",
            DirectivesTest::suspend,
            Activity.STOPPING,
            CHECKPOINT_AND_STOP),
        when("suspended, and stopped", DirectivesTest::suspend, Activity.STOPPED, CONTINUE),
        when("failed", job -> phase(job, Phase.FAILED), Activity.FINETUNING, ABORT),
        when("succeeded", job -> phase(job, Phase.SUCCEEDED), Activity.EVALUATING, ABORT),
        when("succeeded, as was said", job -> phase(job, Phase.SUCCEEDED), Activity.DONE, CONTINUE),
        when("being deleted", DirectivesTest::delete, Activity.FINETUNING, ABORT),
        when("without a status", job -> job.setStatus(null), Activity.WAITING, CONTINUE));
  }

  private static Arguments when(
      String name, Consumer<LitTrainingJob> change, Activity activity, Directive wanted) {
    return arguments(Named.of(name, change), activity, wanted);
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("jobs")
  void tellsWhatTheJobWants(Consumer<LitTrainingJob> change, Activity activity, Directive wanted) {
    LitTrainingJob job = Fixtures.job();
    change.accept(job);

    assertThat(Directives.reply(job, Optional.empty(), activity).directive()).isEqualTo(wanted);
  }

  @Test
  void aPodOfAnotherWorldStopsForTheNewOne() {
    LitTrainingJob job = Fixtures.job();
    var pod =
        new PodBuilder(Fixtures.pod(job, POD_UID, 1))
            .editSpec()
            .editFirstContainer()
            .editMatchingEnv(e -> "NNODES".equals(e.getName()))
            .withValue("4")
            .endEnv()
            .endContainer()
            .endSpec()
            .build();

    assertThat(Directives.reply(job, Optional.of(pod), Activity.FINETUNING).directive())
        .isEqualTo(CHECKPOINT_AND_STOP);
    assertThat(
            Directives.reply(job, Optional.of(Fixtures.pod(job, POD_UID, 1)), Activity.FINETUNING)
                .directive())
        .isEqualTo(CONTINUE);
  }

  private static void suspend(LitTrainingJob job) {
    job.setSpec(Fixtures.spec(true));
  }

  private static void delete(LitTrainingJob job) {
    job.getMetadata().setDeletionTimestamp("2026-11-23T09:00:00Z");
  }

  private static void phase(LitTrainingJob job, Phase phase) {
    job.setStatus(Fixtures.status(phase, List.of(), ProgressStatus.of(null)));
  }
}
