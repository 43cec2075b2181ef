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

/** Evaluates the CRD's CEL rules, but those that compare a job with its former self. */
final class Rules {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.USE_LONG_FOR_INTS).build();

  private static final CelCompiler COMPILER =
      CelCompilerFactory.standardCelCompilerBuilder()
          .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
          .addVar("self", SimpleType.DYN)
          .build();
  private static final CelRuntime RUNTIME = CelRuntimeFactory.standardCelRuntimeBuilder().build();

  /** By expression. */
  private static final Map<String, CelRuntime.Program> COMPILED = new ConcurrentHashMap<>();

  private final List<Problem> problems = new ArrayList<>();

  void check(Schema schema, JsonNode value, String path) {
    for (JsonNode rule : schema.json().path("x-kubernetes-validations")) {
      String expression = rule.get("rule").asText();
      if (!expression.contains("oldSelf") && !holds(expression, value)) {
        problems.add(
            new Problem(path + rule.path("fieldPath").asText(), rule.get("message").asText()));
      }
    }
  }

  List<Problem> problems() {
    return List.copyOf(problems);
  }

  private static boolean holds(String expression, JsonNode value) {
    CelRuntime.Program program = COMPILED.computeIfAbsent(expression, Rules::compile);
    try {
      return (Boolean) program.eval(Map.of("self", MAPPER.convertValue(value, Object.class)));
    } catch (CelEvaluationException e) {
      throw new IllegalStateException("CEL rule of the CRD: " + expression, e);
    }
  }

  private static CelRuntime.Program compile(String expression) {
    try {
      return RUNTIME.createProgram(COMPILER.compile(expression).getAst());
    } catch (CelValidationException | CelEvaluationException e) {
      throw new IllegalStateException("CEL rule of the CRD: " + expression, e);
    }
  }
}
