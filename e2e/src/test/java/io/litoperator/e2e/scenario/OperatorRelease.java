package io.litoperator.e2e.scenario;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import com.marcnuri.helm.UpgradeCommand;
import java.nio.file.Path;
import java.util.Map;

/** The chart, installed as a person would. */
final class OperatorRelease {
  /** Of the operator. */
  static final String NAMESPACE = "lit-system";

  static final String NAME = "lit-operator";

  private static final int SECONDS_TO_START = 300;

  private final Path kubeconfig;

  private OperatorRelease(Path kubeconfig) {
    this.kubeconfig = kubeconfig;
  }

  /** Installs the chart with the images of this build and waits until it is ready. */
  static OperatorRelease install(Path kubeconfig, Map<String, Object> values) {
    String tag = System.getProperty("image.tag");
    InstallCommand install =
        chart()
            .install()
            .withKubeConfig(kubeconfig)
            .withName(NAME)
            .withNamespace(NAMESPACE)
            .createNamespace()
            .set("image.tag", tag)
            .set("workerImage.tag", tag)
            .waitReady()
            .withTimeout(SECONDS_TO_START);
    values.forEach(install::set);
    install.call();
    return new OperatorRelease(kubeconfig);
  }

  /** Upgrades to the chart with values changed. */
  void upgrade(Map<String, Object> changed) {
    UpgradeCommand upgrade =
        chart()
            .upgrade()
            .withKubeConfig(kubeconfig)
            .withName(NAME)
            .withNamespace(NAMESPACE)
            .reuseValues()
            .waitReady()
            .withTimeout(SECONDS_TO_START);
    changed.forEach(upgrade::set);
    upgrade.call();
  }

  void uninstall() {
    Helm.uninstall(NAME).withKubeConfig(kubeconfig).withNamespace(NAMESPACE).call();
  }

  private static Helm chart() {
    return new Helm(Testbed.repository().resolve("charts/lit-operator"));
  }
}
