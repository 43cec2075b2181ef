package io.litoperator.operator.access;

import java.util.Set;

/**
 * A right on one kind of resource, as RBAC has it.
 *
 * @param group API group; empty for the core group
 * @param resource plural, with a slash before a subresource
 * @param verbs of RBAC
 */
public record Grant(String group, String resource, Set<String> verbs) {
  public Grant {
    verbs = Set.copyOf(verbs);
  }

  static Grant on(String group, String resource, String... verbs) {
    return new Grant(group, resource, Set.of(verbs));
  }
}
