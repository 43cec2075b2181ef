package io.litoperator.worker.report;

/**
 * Why an attempt of a gang ended.
 *
 * @param message one sentence, for people
 * @param exitCode of the rank's process, 128 and the signal's number if it was killed
 * @param rank that failed first
 * @param node it ran on
 * @param evidence last lines of its log, and where more is
 */
public record RankFailure(
    Reason reason, String message, int exitCode, int rank, String node, String evidence) {

  /** The same, with another sentence of where more is. */
  public RankFailure withMore(String sentence) {
    return new RankFailure(reason, message, exitCode, rank, node, evidence + "\n" + sentence);
  }

  /** In one word, as the resource's status has it. */
  public enum Reason {
    RANK_FAILED("RankFailed"),
    RANK_OUT_OF_MEMORY("RankOOMKilled"),
    HANG("Hang"),
    PEER_LOST("PeerLost"),
    STORAGE_FAULT("StorageFault"),
    ACCELERATOR_FAULT("AcceleratorFault"),
    /** An agent's own. */
    POD_FAILED("PodFailed");

    private final String label;

    Reason(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }
}
