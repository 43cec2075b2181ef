package io.litoperator.worker.gpu;

import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;

/** Work of a GPU in order; streams run side by side. */
public final class Stream implements AutoCloseable {
  /** The one that torch's operations go to. */
  public static final Stream TORCH = new Stream(null);

  private final CUstream_st stream;

  private Stream(CUstream_st stream) {
    this.stream = stream;
  }

  /** A stream of this thread's GPU that does not wait for torch's. */
  public static Stream create() {
    CUstream_st stream = new CUstream_st();
    Cuda.check(
        cudart.cudaStreamCreateWithFlags(stream, cudart.cudaStreamNonBlocking),
        "cudaStreamCreateWithFlags");
    return new Stream(stream);
  }

  CUstream_st handle() {
    return stream;
  }

  /** Marks the end of what the stream was asked for so far. */
  public void record(Event event) {
    Cuda.check(cudart.cudaEventRecord(event.handle(), stream), "cudaEventRecord");
  }

  /** Lets what the stream is asked for from now on wait for a mark. */
  public void await(Event event) {
    Cuda.check(cudart.cudaStreamWaitEvent(stream, event.handle(), 0), "cudaStreamWaitEvent");
  }

  @Override
  public void close() {
    Cuda.check(cudart.cudaStreamDestroy(stream), "cudaStreamDestroy");
  }

  /** A mark in a stream. */
  public static final class Event implements AutoCloseable {
    private final CUevent_st event = new CUevent_st();

    public Event() {
      Cuda.check(
          cudart.cudaEventCreateWithFlags(event, cudart.cudaEventDisableTiming),
          "cudaEventCreateWithFlags");
    }

    CUevent_st handle() {
      return event;
    }

    /** Whether the stream has come to the mark. */
    public boolean isReached() {
      int status = cudart.cudaEventQuery(event);
      if (status == cudart.cudaErrorNotReady) {
        return false;
      }
      Cuda.check(status, "cudaEventQuery");
      return true;
    }

    @Override
    public void close() {
      Cuda.check(cudart.cudaEventDestroy(event), "cudaEventDestroy");
    }
  }
}
