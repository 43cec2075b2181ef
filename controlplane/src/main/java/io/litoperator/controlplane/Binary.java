package io.litoperator.controlplane;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The programs of a control plane and a node, and Kueue, with the Go module of ours that pins each.
 */
public enum Binary {
  ETCD(Binary.KUBERNETES, "go.etcd.io/etcd/server/v3"),
  KUBE_APISERVER(Binary.KUBERNETES, "k8s.io/kubernetes/cmd/kube-apiserver"),
  KUBECTL(Binary.KUBERNETES, "k8s.io/kubernetes/cmd/kubectl"),
  KUBE_CONTROLLER_MANAGER(Binary.KUBERNETES, "k8s.io/kubernetes/cmd/kube-controller-manager"),
  KUBE_SCHEDULER(Binary.KUBERNETES, "k8s.io/kubernetes/cmd/kube-scheduler"),
  KUBELET(Binary.KUBERNETES, "k8s.io/kubernetes/cmd/kubelet"),
  KUBE_PROXY(Binary.KUBERNETES, "k8s.io/kubernetes/cmd/kube-proxy"),
  KUBE_ROUTER("kube-router", "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router"),
  COREDNS("coredns", "."),
  PAUSE("pause", "."),
  KUEUE("kueue", "sigs.k8s.io/kueue/cmd/kueue");

  /** There is one for each version. */
  private static final String KUBERNETES = "kubernetes-%s";

  private final String module;
  private final String goPackage;

  Binary(String module, String goPackage) {
    this.module = module;
    this.goPackage = goPackage;
  }

  /** What a control plane and a node consist of. */
  static List<Binary> ofCluster() {
    return Arrays.stream(values()).filter(binary -> binary != KUEUE).toList();
  }

  /** The program with this file's name. */
  static Binary named(String fileName) {
    return valueOf(fileName.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /** The file's name. */
  public String fileName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Folder of the Go module beside this class. */
  String module(KubernetesVersion version) {
    return module.formatted(version);
  }

  String goPackage() {
    return goPackage;
  }

  /** Linker flags; Kubernetes' programs read their version from variables. */
  static List<String> linkerFlags(KubernetesVersion version) {
    String variable = "-X k8s.io/component-base/version.";
    return List.of(
        "-s",
        "-w",
        variable + "gitVersion=" + version.full(),
        variable + "gitMajor=1",
        variable + "gitMinor=" + version.minor());
  }
}
