package io.litoperator.worker.data.labels;

/** Characters {@code start} (inclusive) to {@code end} (exclusive) of a text. */
record Span(int start, int end) {
  boolean overlaps(int otherStart, int otherEnd) {
    return start < otherEnd && otherStart < end;
  }

  boolean overlaps(Span other) {
    return overlaps(other.start, other.end);
  }

  Span shifted(int by) {
    return new Span(start + by, end + by);
  }
}
