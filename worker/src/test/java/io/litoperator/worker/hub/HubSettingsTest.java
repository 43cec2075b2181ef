package io.litoperator.worker.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubSettingsTest {
  @TempDir Path home;

  @Test
  void withoutVariablesAllIsAsHuggingfaceHubHasIt() {
    HubSettings settings = HubSettings.of(Map.of(), home);

    assertThat(settings.endpoint()).isEqualTo(URI.create("https://huggingface.co"));
    assertThat(settings.cache()).isEqualTo(home.resolve("hub"));
    assertThat(settings.token()).isEmpty();
    assertThat(settings.offline()).isFalse();
  }

  @Test
  void variablesSayOtherwise() {
    HubSettings settings =
        HubSettings.of(
            Map.of(
                "HF_HOME", "/data/hf",
                "HF_ENDPOINT", "https://mirror.example/",
                "HF_TOKEN", " hf_x ",
                "HF_HUB_OFFLINE", "yes"),
            home);

    assertThat(settings.endpoint()).isEqualTo(URI.create("https://mirror.example"));
    assertThat(settings.cache()).isEqualTo(Path.of("/data/hf/hub"));
    assertThat(settings.token()).contains("hf_x");
    assertThat(settings.offline()).isTrue();
    assertThat(HubSettings.of(Map.of("HF_HUB_CACHE", "/data/cache"), home).cache())
        .isEqualTo(Path.of("/data/cache"));
  }

  @Test
  void theTokenOfALoginIsTaken() throws IOException {
    Files.writeString(home.resolve("token"), "hf_file\n");

    assertThat(HubSettings.of(Map.of(), home).token()).contains("hf_file");
    assertThat(HubSettings.of(Map.of("HF_TOKEN", "hf_env"), home).token()).contains("hf_env");
  }
}
