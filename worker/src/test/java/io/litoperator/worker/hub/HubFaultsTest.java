package io.litoperator.worker.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.api.job.HubPath;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.transfer.Progress;
import io.litoperator.worker.transfer.Retries;
import io.litoperator.worker.transfer.Transient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A hub that is busy, cuts connections, refuses, or lacks what is asked for. */
class HubFaultsTest extends HubClientOfFake {
  @ParameterizedTest(name = "cut after {0} and {1} bytes")
  @CsvSource({"1, 100000", "0, 299999", "150000, 100000"})
  void aCutDownloadGoesOnWhereItWas(int first, int second) throws IOException {
    server.fault(FakeHub.Fault.cutAfter(first));
    server.fault(FakeHub.Fault.cutAfter(second));

    Hub.Fetched fetched =
        hub().fetch(MODEL, Optional.empty(), paths -> List.of("model.safetensors"), Progress.NONE);

    assertThat(fetched.path().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    List<String> asked =
        server.requests().stream().filter(r -> r.startsWith("/model.safetensors")).toList();
    assertThat(asked).hasSize(3);
    // What is on its way when it is cut may be lost.
    assertThat(Integer.parseInt(asked.get(2).replaceAll("\\D", "")))
        .isBetween((first + second) / 2, first + second);
  }

  @Test
  void anotherProcessGoesOnWithWhatOneHasLeft() throws IOException {
    server.fault(FakeHub.Fault.cutAfter(200_000));
    assertThatThrownBy(
            () ->
                new Hub(settings(Optional.empty(), false), new Retries(noting(), Duration.ZERO))
                    .fetch(
                        MODEL, Optional.empty(), p -> List.of("model.safetensors"), Progress.NONE))
        .isInstanceOf(Transient.class)
        .hasMessageContaining("was cut");
    server.forget();

    Hub.Fetched fetched = fetch(MODEL);

    assertThat(server.requests())
        .filteredOn(request -> request.startsWith("/model.safetensors"))
        .singleElement()
        .asString()
        .containsPattern("bytes=1\\d{5}-|bytes=200000-");
    assertThat(fetched.path().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
  }

  @Test
  void whatCameAlteredIsGotAgain() throws IOException {
    Path incomplete =
        folder.resolve(
            "hub/models--owner--name/blobs/" + FakeRepository.blob(WEIGHTS) + ".incomplete");
    Files.createDirectories(incomplete.getParent());
    Files.write(incomplete, random(1000, 5));

    assertThat(fetch(MODEL).path().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(waits).hasSize(1);
  }

  @Test
  void aBusyHubIsAskedAgainWhenItSays() throws IOException {
    server.fault(FakeHub.Fault.status(429, "7"));
    server.fault(FakeHub.Fault.status(503, null));

    hub().fetch(MODEL, Optional.empty(), paths -> List.of("config.json"), Progress.NONE);

    assertThat(waits).containsExactly("1 after 7", "2");
  }

  @Test
  void theTokenIsTheHubsAlone() throws IOException {
    server.require("hf_secret");

    // Storage refuses requests with a token.
    Hub.Fetched fetched =
        new Hub(settings(Optional.of("hf_secret"), false), retries())
            .fetch(MODEL, Optional.empty(), ALL, Progress.NONE);

    assertThat(fetched.path().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
  }

  @Test
  void withoutATokenOneSentenceSaysWhatToDo() {
    server.require("hf_secret");

    assertThatThrownBy(() -> fetch(MODEL))
        .isInstanceOfSatisfying(
            HubFault.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INPUT_MISSING))
        .hasMessage(
            "hf://owner/name is private, or not there; correct the name, or set HF_TOKEN to a"
                + " token of somebody who may read it");
  }

  @Test
  void gatedRepositoriesAreTold() {
    server.gate("GatedRepo");

    assertThatThrownBy(() -> fetch(MODEL))
        .hasMessage(
            "hf://owner/name is gated; accept its terms at %s/owner/name, and set HF_TOKEN to a token of somebody who may read it"
                .formatted(server.endpoint()));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "hf://owner/other         | hf://owner/other is not there; correct the name",
        "hf://owner/name@v9       | owner/name has no revision v9; see ",
        "hf://owner/name/no/where | owner/name has no no/where; see ",
        "hf://owner/name/no.json  | owner/name has no no.json at "
      })
  void whatIsMissingIsNamed(String source, String message) {
    assertThatThrownBy(() -> fetch(HubPath.parse(source).orElseThrow()))
        .isInstanceOf(HubFault.class)
        .hasMessageStartingWith(message);
  }
}
