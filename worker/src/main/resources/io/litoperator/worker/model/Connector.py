class Connector(Module):
  # Two linear layers with an exact GELU between, from the tower's width to the language model's.
  __parameters__ = []
  __buffers__ = []
  training : bool
  drop_first : bool

  # x (pictures, positions, tower hidden) -> (image tokens, hidden)
  # weights: linear 1, its bias, linear 2, its bias
  def forward(self, x: Tensor, weights: List[Tensor]) -> Tensor:
    if self.drop_first:
      x = x.narrow(1, 1, x.size(1) - 1)
    hidden = torch.gelu(__torch__.Product.linear(x.flatten(0, 1), weights[0], weights[1]))
    return __torch__.Product.linear(hidden, weights[2], weights[3])
