class Rotary(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # table (longest, 1, head_dim / 2); positions (rows)
  def at(self, table: Tensor, positions: Tensor) -> Tensor:
    return table.index_select(0, positions)

  # like's type (sequences, 1, 1, capacity): 0 up to each sequence's end, -inf beyond
  def mask(self, ends: Tensor, capacity: int, like: Tensor) -> Tensor:
    beyond = torch.arange(capacity, device=ends.device).unsqueeze(0) > ends.unsqueeze(1)
    return like.new_zeros([ends.size(0), capacity]).masked_fill_(beyond, -inf).view([-1, 1, 1, capacity])
