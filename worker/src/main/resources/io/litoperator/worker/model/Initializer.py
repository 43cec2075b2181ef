class Initializer(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def constant(self, x: Tensor, value: float):
    torch.fill_(x, value)

  def normal(self, x: Tensor, deviation: float):
    torch.normal_(x, 0.0, deviation)

  # Within two deviations of a normal distribution; 0.8796... is the deviation that the cut leaves of 1.
  def truncated_normal(self, x: Tensor, deviation: float):
    torch.uniform_(x, -0.9544997361036416, 0.9544997361036416)
    torch.mul_(torch.erfinv_(x), 1.4142135623730951 * deviation / 0.87962566103423978)

  def uniform(self, x: Tensor, bound: float):
    torch.uniform_(x, -bound, bound)
