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
  private static final Path CHART = Testbed.repository().resolve("charts/lit-operator");
  private static final String TAG = System.getProperty("image.tag");

  private final Path kubeconfig;

  private OperatorRelease(Path kubeconfig) {
    this.kubeconfig = kubeconfig;
  }

  /** The image that jobs on CPUs get. */
  static String workerImageForCpus() {
    return "lit-operator/worker-cpu:" + TAG;
  }

  /** Installs the chart with the images of this build and waits until it is ready. */
  static OperatorRelease install(Path kubeconfig, Map<String, Object> values) {
    InstallCommand install =
        chart()
            .install()
            .withKubeConfig(kubeconfig)
            .withName(NAME)
            .withNamespace(NAMESPACE)
            .createNamespace()
            .set("image.tag", TAG)
            .set("workerImage.cpu.tag", TAG)
            .set("workerImage.cuda.tag", TAG)
            .waitReady()
            .withTimeout(SECONDS_TO_START);
    values.forEach(install::set);
    install.call();
    return new OperatorRelease(kubeconfig);
  }

  /** Upgrades to the chart with values changed. */
  void upgrade(Map<String, Object> changed) {
    upgrade(chart(), changed);
  }

  /**
   * Changes to the chart as it was when its CRD did not know a field yet.
   *
   * @param copy folder that the former chart is written to
   * @param field of a job, as {@code /spec/recovery/resetAfterSteps}
   */
  void changeToBefore(String field, Path copy) {
    upgrade(new Helm(FormerChart.write(CHART, copy, field)), Map.of());
  }

  private void upgrade(Helm chart, Map<String, Object> changed) {
    UpgradeCommand upgrade =
        chart
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
    return new Helm(CHART);
  }
}
