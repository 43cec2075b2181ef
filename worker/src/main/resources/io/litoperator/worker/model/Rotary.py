class Rotary(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # table (longest, 1, head_dim / 2); positions (rows)
  def at(self, table: Tensor, positions: Tensor) -> Tensor:
    return table.index_select(0, positions)

  # As Attention.rotate; or back.
  def rotate(self, qkv: Tensor, heads: int, cos: Tensor, sin: Tensor, back: bool):
    __torch__.Attention.rotate(qkv, heads, cos, -sin if back else sin)
