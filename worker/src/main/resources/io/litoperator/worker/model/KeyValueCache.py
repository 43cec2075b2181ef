class KeyValueCache(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # like's type (sequences, 1, 1, capacity): 0 from each sequence's start to before the end of all, -inf elsewhere
  def mask(self, starts: Tensor, end: int, capacity: int, like: Tensor) -> Tensor:
    places = torch.arange(capacity, device=starts.device).unsqueeze(0)
    empty = torch.bitwise_or(places < starts.unsqueeze(1), places >= end)
    return like.new_zeros([starts.size(0), capacity]).masked_fill_(empty, -inf).view([-1, 1, 1, capacity])

  def extend(self, mask: Tensor, place: int):
    mask.select(3, place).fill_(0)

  def first(self, mask: Tensor, length: int) -> Tensor:
    return mask.narrow(3, 0, length)

  def select(self, x: Tensor, rows: Tensor) -> Tensor:
    return x.index_select(0, rows)
