package io.litoperator.api.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefaultsTest {

  @ParameterizedTest(name = "{0} of {1} samples on {2} ranks gives {3}")
  @CsvSource({
    "finetune, 128, 8, 16",
    "finetune, 128, 2, 16",
    "finetune, 12, 2, 6",
    "finetune, 34, 2, 1",
    "pretrain, 36, 2, 9",
  })
  void microBatchesDivideARanksShare(String stage, int global, int ranks, int expected)
      throws JsonProcessingException {
    ObjectNode job =
        job(
            "{model: {}, topology: {nodes: 1, ranksPerNode: %d}, %s: {globalBatchSize: %d}}"
                .formatted(ranks, stage, global));

    Defaults.fill(job, Venue.MACHINE);

    assertThat(job.at("/spec/" + stage + "/microBatchSize").asInt()).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}, device {1}: {2} and {3}")
  @CsvSource({
    "MACHINE, , cpu, fp32",
    "CLUSTER, , cuda, bf16",
    "CLUSTER, cpu, cpu, fp32",
    "MACHINE, cuda, cuda, bf16",
  })
  void theDeviceFollowsTheVenueAndThePrecisionTheDevice(
      Venue venue, String given, String device, String precision) throws JsonProcessingException {
    ObjectNode job =
        job("{model: {}, topology: {%s}}".formatted(given == null ? "" : "device: " + given));

    Defaults.fill(job, venue);

    assertThat(job.at("/spec/topology/device").asText()).isEqualTo(device);
    assertThat(job.at("/spec/precision").asText()).isEqualTo(precision);
  }

  @Test
  void changesNothingThatIsGiven() throws JsonProcessingException {
    ObjectNode job =
        job(
            """
            model: {conversation: other}
            topology: {nodes: 1, ranksPerNode: 1, device: cpu}
            precision: bf16
            finetune:
              {globalBatchSize: 4, microBatchSize: 1, maxSteps: 7, optimizer: {learningRate: 3.0}}
            """
                .indent(2));
    ObjectNode before = job.deepCopy();

    Defaults.fill(job, Venue.CLUSTER);

    assertThat(job).isEqualTo(before);
  }

  private static ObjectNode job(String spec) throws JsonProcessingException {
    return (ObjectNode) new YAMLMapper().readTree("spec:\n  " + spec.strip());
  }
}
