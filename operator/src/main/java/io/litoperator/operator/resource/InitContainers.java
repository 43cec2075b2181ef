package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import java.util.List;
import java.util.Objects;

/** The containers of a job's template that run before the worker's, or beside it. */
public final class InitContainers {
  private InitContainers() {}

  /** With what each leaves out as the worker has it. */
  static List<Container> of(Template template) {
    return template.initContainers().stream().map(InitContainers::complete).toList();
  }

  /** Whether it starts before the worker and stays: what is called a sidecar. */
  public static boolean stays(Container container) {
    return "Always".equals(container.getRestartPolicy());
  }

  private static Container complete(Container given) {
    SecurityContext context =
        Objects.requireNonNullElseGet(given.getSecurityContext(), SecurityContext::new);
    var container =
        new ContainerBuilder(given).withSecurityContext(Privileges.ofContainer(context));
    if (!container.hasTerminationMessagePolicy()) {
      // Its log goes with the Pod.
      container.withTerminationMessagePolicy("FallbackToLogsOnError");
    }
    return container.build();
  }
}
