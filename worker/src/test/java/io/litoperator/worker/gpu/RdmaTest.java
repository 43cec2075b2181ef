package io.litoperator.worker.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RdmaTest {
  @TempDir private Path root;

  @Test
  void aNodeWithoutAdaptersHasNoObstacle() {
    assertThat(Rdma.obstacle(root, Map.of())).isEmpty();
  }

  @Test
  void adaptersNeedTheLibraryAndThenTheirDevices() throws IOException {
    adapters("mlx5_1", "mlx5_0");
    assertThat(Rdma.obstacle(root, Map.of()))
        .hasValue("mlx5_0, mlx5_1 cannot be used without libibverbs.so.1");

    Files.createDirectories(root.resolve("etc"));
    Files.write(root.resolve("etc/ld.so.cache"), "\0\1libibverbs.so.1\0/usr/lib/\377".getBytes());
    assertThat(Rdma.obstacle(root, Map.of()))
        .hasValue("mlx5_0, mlx5_1 cannot be used without /dev/infiniband");

    Files.createDirectories(root.resolve("dev/infiniband"));
    assertThat(Rdma.obstacle(root, Map.of())).isEmpty();
  }

  @Test
  void theLibraryIsFoundWhereTheLoaderIsTold() throws IOException {
    adapters("mlx5_0");
    Files.createDirectories(root.resolve("dev/infiniband"));
    Path folder = Files.createDirectories(root.resolve("opt/rdma"));
    Files.createFile(folder.resolve("libibverbs.so.1"));

    assertThat(Rdma.obstacle(root, Map.of("LD_LIBRARY_PATH", "/usr/local/lib:/opt/rdma")))
        .isEmpty();
  }

  @Test
  void whoChoosesAnotherNetworkIsNotTold() throws IOException {
    adapters("mlx5_0");

    assertThat(Rdma.obstacle(root, Map.of("NCCL_IB_DISABLE", "1"))).isEmpty();
    assertThat(Rdma.obstacle(root, Map.of("NCCL_NET", "Socket"))).isEmpty();
  }

  private void adapters(String... names) throws IOException {
    for (String name : names) {
      Files.createDirectories(root.resolve("sys/class/infiniband").resolve(name));
    }
  }
}
