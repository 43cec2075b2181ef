package io.litoperator.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.plan.StagePlan.Stage;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class CheckpointIdTest {

  @Property
  void isReadAsItIsWritten(
      @ForAll Stage stage, @ForAll @LongRange(max = 999_999_999_999_999_999L) long step) {
    CheckpointId id = new CheckpointId(stage, step);

    assertThat(CheckpointId.parse(id.toString())).contains(id);
  }

  @Property
  void whatIsReadIsWrittenTheSame(@ForAll String text) {
    CheckpointId.parse(text).ifPresent(id -> assertThat(id).hasToString(text));
  }

  @Example
  void otherNamesAreNotCheckpoints() {
    assertThat(CheckpointId.parse("finetune-007")).isEmpty();
    assertThat(CheckpointId.parse("finetune-")).isEmpty();
    assertThat(CheckpointId.parse("final-7")).isEmpty();
    assertThat(CheckpointId.parse("finetune-7.old")).isEmpty();
    assertThat(CheckpointId.parse("finetune-99999999999999999999")).isEmpty();
  }
}
