class Arithmetic(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def zero(self, x: Tensor):
    torch.zero_(x)

  def fill(self, x: Tensor, value: float):
    torch.fill_(x, value)

  def scale(self, x: Tensor, factor: float):
    torch.mul_(x, factor)

  def copy(self, into: Tensor, x: Tensor):
    torch.copy_(into, x)

  # Euclidean norm of each.
  def norms(self, parts: List[Tensor]) -> Tensor:
    return torch.stack(torch._foreach_norm(parts, 2))

  def greatest(self, x: Tensor) -> Tensor:
    return torch.argmax(x, 1)
