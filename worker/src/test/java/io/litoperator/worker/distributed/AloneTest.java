package io.litoperator.worker.distributed;

import java.time.Duration;
import java.util.List;

class AloneTest extends CollectiveContract {
  @Override
  List<Alone> connect(int worldSize, Duration patience) {
    return List.of(new Alone());
  }

  @Override
  int largestWorld() {
    return 1;
  }
}
