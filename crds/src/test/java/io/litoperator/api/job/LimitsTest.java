package io.litoperator.api.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What depends on where a job is to run; the worker's tests have the rest. */
class LimitsTest {

  @ParameterizedTest(name = "{0} on {1}: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{topology: {nodes: 2, device: cpu}} | MACHINE | spec.topology.nodes",
        "{topology: {nodes: 2, device: cpu}} | CLUSTER | ",
        "{topology: {nodes: 1}} | MACHINE | ",
        "{topology: {nodes: 1}} | CLUSTER | ",
        "{topology: {device: cuda}} | CLUSTER | ",
        "{model: {from: 'pvc://claim/model'}} | MACHINE | spec.model.from",
        "{model: {from: 'pvc://claim/model'}} | CLUSTER | ",
        "{model: {from: 'hf://a/b'}} | CLUSTER | ",
        "{model: {from: 'hf://a/b@rev/path'}} | MACHINE | ",
        "{model: {from: 'hf://datasets/b'}} | MACHINE | spec.model.from",
        "{model: {from: 'hf://datasets/b'}} | CLUSTER | spec.model.from",
        "{checkpoints: {destination: 's3://b/k'}} | CLUSTER | ",
        "{checkpoints: {destination: 's3://b/k'}} | MACHINE | ",
        "{data: {cache: 'pvc://claim'}} | MACHINE | spec.data.cache",
        "{data: {cache: 'pvc://claim'}} | CLUSTER | ",
        "{data: {features: 'pvc://claim'}} | MACHINE | spec.data.features",
        "{data: {features: 'pvc://claim'}} | CLUSTER | ",
        "{recovery: {inPlace: false}} | MACHINE | spec.recovery.inPlace",
        "{recovery: {inPlace: false}} | CLUSTER | ",
        "{recovery: {rules: [{on: '71', action: fail}]}} | MACHINE | spec.recovery.rules",
        "{recovery: {rules: [{on: '71', action: fail}]}} | CLUSTER | ",
        "{recovery: {rules: []}} | MACHINE | ",
        "{precision: bf16} | CLUSTER | ",
        "{evaluate: {judge: {secretKeyRef: {}}}} | MACHINE | spec.evaluate.judge.secretKeyRef",
        "{evaluate: {judge: {secretKeyRef: {}}}} | CLUSTER | ",
        "{evaluate: {'on': [end, checkpoint]}} | MACHINE | ",
      })
  void refuses(String spec, Venue venue, String field) throws JsonProcessingException {
    var job = new YAMLMapper().readTree("{spec: " + spec + "}");

    assertThat(Limits.problems(job, venue))
        .extracting(Problem::path)
        .isEqualTo(field == null ? List.of() : List.of(field));
  }
}
