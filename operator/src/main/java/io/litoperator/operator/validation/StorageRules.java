package io.litoperator.operator.validation;

import io.fabric8.kubernetes.api.model.VolumeMount;
import io.litoperator.api.job.ClaimPath;
import io.litoperator.api.job.Problem;
import io.litoperator.api.job.Sources;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import io.litoperator.operator.resource.Reserved;
import io.litoperator.operator.resource.Template;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where a job reads and writes. */
final class StorageRules {
  private StorageRules() {}

  static List<Problem> problems(LitTrainingJobSpec spec) {
    Problems problems = Problems.of("");
    for (Sources.Source source : Sources.of(spec)) {
      Optional<ClaimPath> claim = ClaimPath.parse(source.location());
      if (claim.isPresent()) {
        check(claim.get(), source.field(), problems);
      } else if (source.written() && isPath(source) && !isWritable(source.location(), spec)) {
        problems.add(
            source.field(),
            "Pods cannot write to '%s'; give pvc:// or a folder in %s",
            source.location(),
            Reserved.WRITABLE_FOLDERS.get(0));
      }
    }
    return problems.found();
  }

  private static void check(ClaimPath source, String field, Problems problems) {
    if (!KubernetesNames.isDnsSubdomain(source.claim())) {
      problems.add(field, "'%s' cannot be a claim's name", source.claim());
    }
    if (List.of(source.path().split("/")).contains("..")) {
      problems.add(field, "a path on a claim must not contain '..'");
    }
  }

  private static boolean isPath(Sources.Source source) {
    return !source.location().contains("://");
  }

  /** The image is read-only. */
  private static boolean isWritable(String location, LitTrainingJobSpec spec) {
    Path path = Path.of(location).normalize();
    return Stream.concat(Reserved.WRITABLE_FOLDERS.stream(), ownMounts(spec))
        .anyMatch(folder -> path.startsWith(folder));
  }

  private static Stream<String> ownMounts(LitTrainingJobSpec spec) {
    return Template.of(spec.template()).volumeMounts().stream()
        .filter(mount -> !Boolean.TRUE.equals(mount.getReadOnly()))
        .map(VolumeMount::getMountPath);
  }
}
