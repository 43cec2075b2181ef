package io.litoperator.worker.hub;

import io.litoperator.worker.transfer.Addresses;
import io.litoperator.worker.transfer.Proxies;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the environment says of the hub, in huggingface_hub's words.
 *
 * @param endpoint of {@code HF_ENDPOINT}
 * @param token of {@code HF_TOKEN}, or of the file that {@code hf auth login} leaves
 * @param cache folder of {@code HF_HUB_CACHE}, or {@code hub} in that of {@code HF_HOME}
 * @param offline of {@code HF_HUB_OFFLINE}: only the cache is used
 * @param proxies by which the hub is reached
 */
public record HubSettings(
    URI endpoint, Optional<String> token, Path cache, boolean offline, Proxies proxies) {
  private static final String ENDPOINT = "https://huggingface.co";
  private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");

  /**
   * @param defaultHome in place of {@code HF_HOME} where that is not set
   */
  public static HubSettings of(Map<String, String> environment, Path defaultHome) {
    Path home = set(environment, "HF_HOME").map(Path::of).orElse(defaultHome);
    return new HubSettings(
        Addresses.of("HF_ENDPOINT", set(environment, "HF_ENDPOINT").orElse(ENDPOINT)),
        set(environment, "HF_TOKEN")
            .or(() -> set(environment, "HUGGING_FACE_HUB_TOKEN"))
            .or(
                () ->
                    tokenIn(
                        set(environment, "HF_TOKEN_PATH")
                            .map(Path::of)
                            .orElse(home.resolve("token")))),
        set(environment, "HF_HUB_CACHE")
            .or(() -> set(environment, "HUGGINGFACE_HUB_CACHE"))
            .map(Path::of)
            .orElse(home.resolve("hub"))
            .toAbsolutePath()
            .normalize(),
        isTrue(environment, "HF_HUB_OFFLINE") || isTrue(environment, "TRANSFORMERS_OFFLINE"),
        Proxies.of(environment));
  }

  private static Optional<String> set(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name))
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }

  private static boolean isTrue(Map<String, String> environment, String name) {
    return set(environment, name)
        .filter(value -> TRUE.contains(value.toUpperCase(Locale.ROOT)))
        .isPresent();
  }

  private static Optional<String> tokenIn(Path file) {
    try {
      return Optional.of(Files.readString(file).strip()).filter(token -> !token.isEmpty());
    } catch (IOException e) {
      // None was left, or not for this user: the hub tells what needs one.
      return Optional.empty();
    }
  }
}
