package io.litoperator.worker.distributed;

import io.litoperator.worker.gpu.Communicator;
import io.litoperator.worker.torch.Tensor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** What is around NCCL keeps the contract, wherever tensors are; in NCCL's place is TCP. */
class NcclOverTcpTest extends CollectiveContract {
  @Override
  List<NcclCollective> connect(int worldSize, Duration patience) {
    List<? extends Collective> hosts = ring(worldSize, patience);
    List<? extends Collective> devices = ring(worldSize, patience);
    return IntStream.range(0, worldSize)
        .mapToObj(
            rank ->
                new NcclCollective(
                    hosts.get(rank), new Patience(patience), new Tcp(devices.get(rank))))
        .toList();
  }

  private static List<? extends Collective> ring(int worldSize, Duration patience) {
    return worldSize == 1 ? List.of(new Alone()) : TcpRing.connect(worldSize, patience);
  }

  private static final class Tcp implements Communicator {
    private final Collective ranks;
    private final ExecutorService stream =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "stream");
              thread.setDaemon(true);
              return thread;
            });

    private Tcp(Collective ranks) {
      this.ranks = ranks;
    }

    private record Started(CompletableFuture<Void> end) implements Operation {
      @Override
      public boolean isDone() {
        return end.isDone();
      }

      @Override
      public void await() {
        end.join();
      }

      @Override
      public void close() {}
    }

    private Operation start(Collective.Handle handle) {
      return new Started(CompletableFuture.runAsync(handle::await, stream));
    }

    @Override
    public Operation allReduce(Tensor values) {
      return start(ranks.allReduce(values));
    }

    @Override
    public Operation reduceScatter(Tensor values) {
      return start(ranks.reduceScatter(values));
    }

    @Override
    public Operation allGather(Tensor values) {
      return start(ranks.allGather(values));
    }

    @Override
    public Operation broadcast(Tensor values, int root) {
      return start(ranks.broadcast(values, root));
    }

    @Override
    public void attach() {}

    @Override
    public void fault() {}

    @Override
    public void abort() {
      leave();
    }

    @Override
    public void leave() {
      ranks.close();
      stream.shutdown();
    }
  }
}
