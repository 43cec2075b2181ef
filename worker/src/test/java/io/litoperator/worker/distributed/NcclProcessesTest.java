package io.litoperator.worker.distributed;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * Ranks that are processes, each of which runs this class and compares what all ranks got: {@code
 * worker/src/gpu/on-gpu.sh ranks} starts them. They share a GPU; each has a {@code NCCL_HOSTID} of
 * its own, since NCCL refuses two ranks of one host on one GPU.
 */
@EnabledIfEnvironmentVariable(named = "LIT_TEST_RANKS", matches = ".+")
class NcclProcessesTest extends CollectiveContract {
  private static final Path MEETING = Path.of(System.getenv("LIT_TEST_RANKS"));
  private static final int RANK = Integer.parseInt(System.getenv("RANK"));
  private static final int PROCESSES = Integer.parseInt(System.getenv("WORLD_SIZE"));
  private static final Secret SECRET = Secret.ofHex(System.getenv("LIT_SECRET"));

  private static int worlds;

  /** This process's rank alone. */
  @Override
  List<NcclCollective> connect(int worldSize, Duration patience) {
    Path meeting = MEETING.resolve("world-" + ++worlds);
    assumeTrue(RANK < worldSize, "no rank of this world");
    try (RingListener listener = RingListener.open(InetAddress.getLoopbackAddress())) {
      List<InetSocketAddress> ring = meet(meeting, listener.address(), worldSize);
      Patience patient = new Patience(patience);
      Collective host =
          worldSize == 1 ? new Alone() : listener.join(RANK, ring, 1, SECRET, patient);
      return List.of(NcclCollective.join(host, 0, patient));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<InetSocketAddress> meet(Path folder, InetSocketAddress mine, int worldSize)
      throws IOException {
    Files.createDirectories(folder);
    Path written = Files.writeString(folder.resolve(RANK + ".new"), "" + mine.getPort());
    Files.move(written, folder.resolve("" + RANK), StandardCopyOption.ATOMIC_MOVE);
    List<InetSocketAddress> ring = new ArrayList<>();
    for (int rank = 0; rank < worldSize; rank++) {
      Path file = folder.resolve("" + rank);
      while (!Files.exists(file)) {
        LockSupport.parkNanos(1_000_000);
      }
      ring.add(new InetSocketAddress(mine.getAddress(), Integer.parseInt(Files.readString(file))));
    }
    return ring;
  }

  @Override
  int largestWorld() {
    return PROCESSES;
  }

  @Override
  <T> List<T> onEach(List<Collective> ranks, Function<Collective, T> work) {
    Collective mine = ranks.get(0);
    byte[][] results = mine.allGather(serialized(work.apply(mine)));
    return List.of(results).stream().map(NcclProcessesTest::<T>deserialized).toList();
  }

  private static byte[] serialized(Object result) {
    try (var bytes = new ByteArrayOutputStream();
        var out = new ObjectOutputStream(bytes)) {
      out.writeObject(result);
      out.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static <T> T deserialized(byte[] bytes) {
    try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return (T) in.readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
