package io.litoperator.worker.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlacesTest {
  private final Places places =
      new Places(Path.of("/opt/job"), Path.of("/mnt/claims"), Path.of("/etc/lit/templates.txt"));

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "data/a.json,          /opt/job/data/a.json",
    "/srv/a.json,          /srv/a.json",
    "../a.json,            /opt/a.json",
    "pvc://data,           /mnt/claims/data",
    "pvc://data/,          /mnt/claims/data",
    "pvc://data/x/../a,    /mnt/claims/data/a"
  })
  void sourcesLeadSomewhere(String source, Path path) {
    assertThat(places.resolve(source)).isEqualTo(path);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "/mnt/claims/ckpt/job/finetune-3, pvc://ckpt/job/finetune-3",
    "/var/lib/lit/checkpoints,        /var/lib/lit/checkpoints",
    "s3://bucket/ckpt/job/finetune-3, s3://bucket/ckpt/job/finetune-3"
  })
  void foldersAreNamedAsAJobNamesThem(String place, String name) {
    assertThat(places.name(place)).isEqualTo(name);
  }
}
