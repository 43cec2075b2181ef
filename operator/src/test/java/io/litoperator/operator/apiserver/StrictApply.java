package io.litoperator.operator.apiserver;

import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;

/** Server-side apply as the operator does it, but that fields which nobody knows are refused. */
public final class StrictApply {
  public static final PatchContext CONTEXT =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager("lit-operator")
          .withFieldValidation(Validation.STRICT.parameterValue())
          .withForce(true)
          .build();

  private StrictApply() {}
}
