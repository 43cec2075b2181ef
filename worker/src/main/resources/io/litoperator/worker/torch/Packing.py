class Packing(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # w (out, in) in the order in which oneDNN's kernels read it, for products with about as many rows.
  def pack(self, w: Tensor, rows: int) -> Tensor:
    return ops.mkldnn._reorder_linear_weight(w, rows)
