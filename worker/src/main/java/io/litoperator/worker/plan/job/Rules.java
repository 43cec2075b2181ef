package io.litoperator.worker.plan.job;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import io.litoperator.api.job.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Evaluates the CRD's CEL rules, but those that compare a job with its former self; each is
 * compiled once. Safe for use by any thread.
 */
final class Rules {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.USE_LONG_FOR_INTS).build();

  private final CelCompiler compiler =
      CelCompilerFactory.standardCelCompilerBuilder()
          .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
          .addVar("self", SimpleType.DYN)
          .build();
  private final CelRuntime runtime = CelRuntimeFactory.standardCelRuntimeBuilder().build();

  /** By expression. */
  private final Map<String, CelRuntime.Program> programs = new ConcurrentHashMap<>();

  /** Those that do not hold for a value or for what is in it. */
  List<Problem> broken(Schema root, JsonNode value) {
    List<Problem> problems = new ArrayList<>();
    root.visit(value, "", (schema, part, path) -> check(schema, part, path, problems));
    return problems;
  }

  private void check(Schema schema, JsonNode value, String path, List<Problem> problems) {
    for (JsonNode rule : schema.json().path("x-kubernetes-validations")) {
      String expression = rule.get("rule").asText();
      if (!expression.contains("oldSelf") && !holds(expression, value)) {
        problems.add(
            new Problem(path + rule.path("fieldPath").asText(), rule.get("message").asText()));
      }
    }
  }

  private boolean holds(String expression, JsonNode value) {
    CelRuntime.Program program = programs.computeIfAbsent(expression, this::compile);
    try {
      return (Boolean) program.eval(Map.of("self", MAPPER.convertValue(value, Object.class)));
    } catch (CelEvaluationException e) {
      throw new IllegalStateException("CEL rule of the CRD: " + expression, e);
    }
  }

  private CelRuntime.Program compile(String expression) {
    try {
      return runtime.createProgram(compiler.compile(expression).getAst());
    } catch (CelValidationException | CelEvaluationException e) {
      throw new IllegalStateException("CEL rule of the CRD: " + expression, e);
    }
  }
}
