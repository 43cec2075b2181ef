class Adapters(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # Adds to a weight (out, in) its adapters, pairs of (rank, in) and (out, rank) for parts that lie one
  # below the other, and makes these zero.
  def fold(self, weight: Tensor, adapters: List[Tensor], scale: float):
    start = 0
    for i in range(len(adapters) // 2):
      b = adapters[2 * i + 1]
      torch.addmm_(weight.narrow(0, start, b.size(0)), b, adapters[2 * i], alpha=scale)
      start = start + b.size(0)
      torch.zero_(b)
