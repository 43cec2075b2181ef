package io.litoperator.worker.distributed;

import io.litoperator.worker.gpu.Communicator;
import io.litoperator.worker.torch.Tensor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
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

  /** As with NCCL, a fault is met by who asks for it; an operation that failed is never done. */
  private static final class Tcp implements Communicator {
    private final Collective ranks;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
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
        return end.isDone() && !end.isCompletedExceptionally();
      }

      @Override
      public void await() {
        end.exceptionally(e -> null).join();
      }

      @Override
      public void close() {}
    }

    private Operation start(Collective.Handle handle) {
      CompletableFuture<Void> end = CompletableFuture.runAsync(handle::await, stream);
      end.whenComplete((done, e) -> failure.compareAndSet(null, e));
      return new Started(end);
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
    public void fault() throws Fault {
      if (failure.get() != null) {
        throw new Fault(failure.get().getMessage());
      }
    }

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
