package io.litoperator.chart.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.luaj.vm2.Globals;
import org.luaj.vm2.LoadState;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.compiler.LuaC;
import org.luaj.vm2.lib.PackageLib;
import org.luaj.vm2.lib.TableLib;
import org.luaj.vm2.lib.jse.JseBaseLib;

/** Runs Argo CD's health check with the libraries that Argo CD opens. */
class HealthLuaTest {
  private static final Path SCRIPT = Path.of("../docs/gitops/health.lua");

  private record Health(String status, String message) {}

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "PENDING, Progressing",
    "QUEUED, Progressing",
    "STARTING, Progressing",
    "PRETRAINING, Progressing",
    "FINETUNING, Progressing",
    "EVALUATING, Progressing",
    "SUSPENDING, Progressing",
    "SUSPENDED, Suspended",
    "RESTARTING, Progressing",
    "SUCCEEDED, Healthy",
    "FAILED, Degraded"
  })
  void everyPhaseHasItsHealth(Phase phase, String status) throws IOException {
    assertThat(health(Jobs.in(phase)).status()).isEqualTo(status);
  }

  @ParameterizedTest
  @EnumSource
  void aNewSpecIsWaitedFor(Phase phase) throws IOException {
    ObjectNode job = Jobs.in(phase);
    job.withObject("/metadata").put("generation", Jobs.GENERATION + 1);
    assertThat(health(job)).isEqualTo(new Health("Progressing", "Waiting for the operator"));
  }

  @Test
  void aNewJobIsWaitedFor() throws IOException {
    assertThat(health(Jobs.unseen()))
        .isEqualTo(new Health("Progressing", "Waiting for the operator"));
  }

  @Test
  void whyAJobWaitsIsTold() throws IOException {
    ObjectNode job = Jobs.in(Phase.PENDING);
    job.withObject("/status/pending")
        .put("reason", "Unschedulable")
        .put("message", "0/3 nodes have 8 nvidia.com/gpu.");
    assertThat(health(job))
        .isEqualTo(new Health("Progressing", "0/3 nodes have 8 nvidia.com/gpu."));
  }

  @Test
  void howFarAJobIsIsTold() throws IOException {
    ObjectNode job = Jobs.in(Phase.FINETUNING);
    job.withObject("/status/progress").put("percent", 40);
    assertThat(health(job)).isEqualTo(new Health("Progressing", "Finetuning, 40 %"));
  }

  @Test
  void whyAJobFailedIsTold() throws IOException {
    assertThat(health(Jobs.in(Phase.FAILED))).isEqualTo(new Health("Degraded", "Rank 0 failed."));
  }

  private static Health health(ObjectNode job) throws IOException {
    Globals argo = new Globals();
    argo.load(new JseBaseLib());
    argo.load(new PackageLib());
    argo.load(new TableLib());
    LoadState.install(argo);
    LuaC.install(argo);
    argo.set("obj", lua(job));
    LuaValue health = argo.load(Files.readString(SCRIPT), SCRIPT.toString()).call();
    return new Health(health.get("status").tojstring(), health.get("message").tojstring());
  }

  private static LuaValue lua(JsonNode json) {
    if (json.isObject()) {
      LuaTable table = new LuaTable();
      json.properties().forEach(field -> table.set(field.getKey(), lua(field.getValue())));
      return table;
    }
    if (json.isArray()) {
      LuaTable table = new LuaTable();
      for (int i = 0; i < json.size(); i++) {
        table.set(i + 1, lua(json.get(i)));
      }
      return table;
    }
    if (json.isNumber()) {
      return LuaValue.valueOf(json.doubleValue());
    }
    return json.isNull() ? LuaValue.NIL : LuaValue.valueOf(json.asText());
  }
}
