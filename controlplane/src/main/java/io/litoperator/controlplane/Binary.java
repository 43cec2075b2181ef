package io.litoperator.controlplane;

import java.util.List;
import java.util.Locale;

/** The programs of a control plane and a node, with the Go module of ours that pins each. */
public enum Binary {
  ETCD("kubernetes", "go.etcd.io/etcd/server/v3"),
  KUBE_APISERVER("kubernetes", "k8s.io/kubernetes/cmd/kube-apiserver"),
  KUBECTL("kubernetes", "k8s.io/kubernetes/cmd/kubectl"),
  KUBE_CONTROLLER_MANAGER("kubernetes", "k8s.io/kubernetes/cmd/kube-controller-manager"),
  KUBE_SCHEDULER("kubernetes", "k8s.io/kubernetes/cmd/kube-scheduler"),
  KUBELET("kubernetes", "k8s.io/kubernetes/cmd/kubelet"),
  KUBE_PROXY("kubernetes", "k8s.io/kubernetes/cmd/kube-proxy"),
  COREDNS("coredns", "."),
  PAUSE("pause", ".");

  /** Kubernetes' version; go.mod has the same. */
  public static final String KUBERNETES_VERSION = "v1.34.4";

  private final String module;
  private final String goPackage;

  Binary(String module, String goPackage) {
    this.module = module;
    this.goPackage = goPackage;
  }

  /** The file's name. */
  public String fileName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Folder of the Go module beside this class. */
  String module() {
    return module;
  }

  String goPackage() {
    return goPackage;
  }

  /** Linker flags; Kubernetes' programs read their version from variables. */
  List<String> linkerFlags() {
    String version = "-X k8s.io/component-base/version.";
    return List.of(
        "-s",
        "-w",
        version + "gitVersion=" + KUBERNETES_VERSION,
        version + "gitMajor=1",
        version + "gitMinor=" + KUBERNETES_VERSION.split("\\.")[1]);
  }
}
