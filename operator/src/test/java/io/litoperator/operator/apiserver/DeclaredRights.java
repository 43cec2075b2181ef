package io.litoperator.operator.apiserver;

import io.litoperator.operator.access.Grant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Grants in the form of {@link RequestedRights}. */
public final class DeclaredRights {
  private DeclaredRights() {}

  public static Set<String> of(List<Grant> grants) {
    return without(grants, Set.of());
  }

  public static Set<String> without(List<Grant> grants, Set<String> some) {
    return grants.stream()
        .flatMap(
            grant ->
                grant.verbs().stream()
                    .map(verb -> "%s/%s %s".formatted(grant.group(), grant.resource(), verb)))
        .filter(right -> !some.contains(right))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
