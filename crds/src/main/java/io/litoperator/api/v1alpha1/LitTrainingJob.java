package io.litoperator.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.Optional;

/** Trains a vision-language model by learning to instruct (LIT), evaluates it and exports it. */
@Group("lit-operator.io")
@Version("v1alpha1")
@ShortNames("ltj")
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.phase")
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(
    name = "Progress",
    jsonPath = ".status.progress.percent",
    type = Type.INTEGER)
@AdditionalPrinterColumn(name = "Step", jsonPath = ".status.progress.step", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "Loss", jsonPath = ".status.progress.loss", type = Type.NUMBER)
@AdditionalPrinterColumn(name = "Checkpoint", jsonPath = ".status.latestCheckpoint")
@AdditionalPrinterColumn(
    name = "Restarts",
    jsonPath = ".status.restarts.total",
    type = Type.INTEGER)
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
public class LitTrainingJob extends CustomResource<LitTrainingJobSpec, LitTrainingJobStatus>
    implements Namespaced {

  /**
   * The status, once the operator has written any of it; empty while it is the API server's
   * default, or none, as of a job from before there was a default.
   */
  public Optional<LitTrainingJobStatus> told() {
    return Optional.ofNullable(getStatus())
        .filter(status -> !status.equals(LitTrainingJobStatus.UNSEEN));
  }
}
