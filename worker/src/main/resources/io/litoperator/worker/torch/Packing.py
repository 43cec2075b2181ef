class Packing(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # w (out, in) in the order in which oneDNN's kernels read it, for products with about as many rows.
  def pack(self, w: Tensor, rows: int) -> Tensor:
    return ops.mkldnn._reorder_linear_weight(w, rows)

  # The same of more rows, which are zero.
  def pack_padded(self, w: Tensor, rows: int, more: int) -> Tensor:
    return self.pack(torch.constant_pad_nd(w, [0, 0, 0, more]), rows)
