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

  def add(self, into: Tensor, x: Tensor):
    torch.add_(into, x)

  def copy(self, into: Tensor, x: Tensor):
    torch.copy_(into, x)

  # Euclidean norm of each, in fp32.
  def norms(self, parts: List[Tensor]) -> Tensor:
    return torch.stack(torch._foreach_norm(parts, 2, 6))

  def greatest(self, x: Tensor) -> Tensor:
    return torch.argmax(x, 1)

  # Sums of the elements' bits as integers, of so many elements each; x is flat, fp32 or bf16.
  def bit_sums(self, x: Tensor, count: int) -> Tensor:
    bits = torch.view(x, 3) if x.dtype == 6 else torch.view(x, 2)
    whole = x.size(0) // count * count
    sums = torch.sum(bits.narrow(0, 0, whole).view([-1, count]), [1], dtype=4)
    rest = torch.sum(bits.narrow(0, whole, x.size(0) - whole), dtype=4)
    return torch.cat([sums, rest.view([1])])
