package io.litoperator.e2e.scenario;

import com.marcnuri.helm.Helm;
import java.nio.file.Path;

/** The chart, installed as a person would. */
final class OperatorRelease {
  /** Of the operator. */
  static final String NAMESPACE = "lit-system";

  static final String NAME = "lit-operator";

  private final Path kubeconfig;

  private OperatorRelease(Path kubeconfig) {
    this.kubeconfig = kubeconfig;
  }

  /** Installs the chart with the images of this build and waits until it is ready. */
  static OperatorRelease install(Path kubeconfig) {
    String tag = System.getProperty("image.tag");
    chart()
        .install()
        .withKubeConfig(kubeconfig)
        .withName(NAME)
        .withNamespace(NAMESPACE)
        .createNamespace()
        .set("image.tag", tag)
        .set("workerImage.tag", tag)
        .waitReady()
        .call();
    return new OperatorRelease(kubeconfig);
  }

  /** Upgrades to the chart with a value changed. */
  void upgrade(String value, Object setting) {
    chart()
        .upgrade()
        .withKubeConfig(kubeconfig)
        .withName(NAME)
        .withNamespace(NAMESPACE)
        .reuseValues()
        .set(value, setting)
        .waitReady()
        .call();
  }

  void uninstall() {
    Helm.uninstall(NAME).withKubeConfig(kubeconfig).withNamespace(NAMESPACE).call();
  }

  private static Helm chart() {
    return new Helm(Testbed.repository().resolve("charts/lit-operator"));
  }
}
