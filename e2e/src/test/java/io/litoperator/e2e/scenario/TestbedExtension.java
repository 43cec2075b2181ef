package io.litoperator.e2e.scenario;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives the scenarios the one {@link Testbed} of this run, which reports how long each takes. */
final class TestbedExtension implements ParameterResolver, BeforeAllCallback, AfterAllCallback {
  private static final Namespace NAMESPACE = Namespace.create(TestbedExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Testbed.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return testbed(context);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    testbed(context);
    context.getStore(NAMESPACE).put(Instant.class, Instant.now());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Instant begin = context.getStore(NAMESPACE).get(Instant.class, Instant.class);
    String name = context.getRequiredTestClass().getSimpleName();
    testbed(context).report().scenario(name, Duration.between(begin, Instant.now()));
  }

  private static Testbed testbed(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(Testbed.class, type -> Testbed.start(), Testbed.class);
  }
}
