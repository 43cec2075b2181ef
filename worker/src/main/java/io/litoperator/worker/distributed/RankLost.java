package io.litoperator.worker.distributed;

import java.io.IOException;

/** A rank is gone or does not answer. */
final class RankLost extends IOException {
  private final int rank;

  RankLost(int rank, String how) {
    super(how);
    this.rank = rank;
  }

  int rank() {
    return rank;
  }
}
