package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import java.util.Optional;

/**
 * As whom a Pod's processes run, and what they may. Every field that a job gives stands; the others
 * are those that the Pod Security Standard {@code restricted} asks for.
 */
final class Privileges {
  private static final Long ROOT = 0L;

  private Privileges() {}

  /**
   * @param user whose number the group and the volumes' group have, too; empty leaves them to the
   *     cluster, or else to the image
   */
  static PodSecurityContext ofPod(PodSecurityContext given, Optional<Long> user) {
    var context = new PodSecurityContextBuilder(given);
    if (!context.hasRunAsUser()) {
      context.withRunAsUser(user.orElse(null));
    }
    if (!context.hasRunAsGroup()) {
      context.withRunAsGroup(user.orElse(null));
    }
    if (!context.hasFsGroup()) {
      context.withFsGroup(user.orElse(null));
    }
    if (context.hasFsGroup() && !context.hasFsGroupChangePolicy()) {
      context.withFsGroupChangePolicy("OnRootMismatch");
    }
    if (!context.hasRunAsNonRoot()) {
      context.withRunAsNonRoot(!ROOT.equals(context.getRunAsUser()));
    }
    if (!context.hasSeccompProfile()) {
      context.withNewSeccompProfile(null, "RuntimeDefault");
    }
    return context.build();
  }

  static SecurityContext ofContainer(SecurityContext given) {
    var context = new SecurityContextBuilder(given);
    if (ROOT.equals(context.getRunAsUser()) && !context.hasRunAsNonRoot()) {
      context.withRunAsNonRoot(false);
    }
    if (!context.hasAllowPrivilegeEscalation()) {
      context.withAllowPrivilegeEscalation(escalates(given));
    }
    if (!context.hasReadOnlyRootFilesystem()) {
      context.withReadOnlyRootFilesystem(true);
    }
    var capabilities = context.editOrNewCapabilities();
    if (!capabilities.hasDrop()) {
      capabilities.addToDrop("ALL");
    }
    return capabilities.endCapabilities().build();
  }

  /**
   * Whether Kubernetes would refuse a container that may not gain privileges. Of the capability's
   * two spellings it looks for this one alone.
   */
  private static boolean escalates(SecurityContext given) {
    return Boolean.TRUE.equals(given.getPrivileged())
        || given.getCapabilities() != null
            && given.getCapabilities().getAdd().contains("CAP_SYS_ADMIN");
  }
}
