class KeyValueCache(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # Keys or values (sequences, kv_heads, capacity, head_dim), from zeros (sequences, kv_heads, head_dim, capacity).
  # In fp32 on CPUs they keep these in memory, a head's places side by side: of products with few queries,
  # as attention to one new token is, MKL reads them a quarter to a third faster.
  def arranged(self, zeros: Tensor) -> Tensor:
    if zeros.is_cuda or zeros.dtype != 6:
      return zeros.view([zeros.size(0), zeros.size(1), zeros.size(3), zeros.size(2)])
    return zeros.transpose(2, 3)

  # like's type (sequences, 1, 1, capacity): 0 from each sequence's start to before the end of all, -inf elsewhere
  def mask(self, starts: Tensor, end: int, capacity: int, like: Tensor) -> Tensor:
    places = torch.arange(capacity, device=starts.device).unsqueeze(0)
    empty = torch.bitwise_or(places < starts.unsqueeze(1), places >= end)
    return like.new_zeros([starts.size(0), capacity]).masked_fill_(empty, -inf).view([-1, 1, 1, capacity])

  def extend(self, mask: Tensor, place: int):
    mask.select(3, place).fill_(0)

  def first(self, mask: Tensor, length: int) -> Tensor:
    return mask.narrow(3, 0, length)

  # In the same order of memory.
  def select(self, x: Tensor, rows: Tensor) -> Tensor:
    if x.is_contiguous():
      return x.index_select(0, rows)
    return x.transpose(2, 3).index_select(0, rows).transpose(2, 3)
