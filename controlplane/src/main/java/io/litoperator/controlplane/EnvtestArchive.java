package io.litoperator.controlplane;

import io.fabric8.kubeapitest.KubeAPITestException;
import io.fabric8.kubeapitest.Utils;
import io.fabric8.kubeapitest.binary.BinaryDownloader;
import io.fabric8.kubeapitest.binary.OSInfo;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The programs that envtest publishes for each version of Kubernetes, by its newest patch. */
final class EnvtestArchive {
  private static final Logger LOG = LoggerFactory.getLogger(EnvtestArchive.class);
  private static final Set<Binary> CONTENT =
      Set.of(Binary.ETCD, Binary.KUBE_APISERVER, Binary.KUBECTL);

  private final Path folder;
  private final KubernetesVersion version;

  EnvtestArchive(Path cache, KubernetesVersion version) {
    this.folder = cache.resolve("envtest-" + version);
    this.version = version;
  }

  static boolean has(Binary binary) {
    return CONTENT.contains(binary);
  }

  /**
   * The program in the cache; downloads the archive first where it is absent.
   *
   * @throws KubeAPITestException if that fails
   */
  Path path(Binary binary) {
    if (!Files.exists(folder)) {
      CacheLock.hold(folder.resolveSibling(folder.getFileName() + ".lock"), this::download);
    }
    return folder.resolve(binary.fileName());
  }

  /** Elsewhere at first: a folder that is there is whole. */
  private void download() throws IOException {
    if (Files.exists(folder)) {
      return;
    }
    LOG.info("Downloading etcd, kube-apiserver and kubectl {}, as there is no Go.", version);
    Path unfinished = Files.createTempDirectory(folder.getParent(), "envtest-");
    try {
      File programs =
          new BinaryDownloader(unfinished.toString(), new OSInfo())
              .downloadLatestWildcard(version + ".*");
      Files.move(programs.toPath(), folder, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Utils.deleteDirectory(unfinished.toFile());
    }
  }
}
