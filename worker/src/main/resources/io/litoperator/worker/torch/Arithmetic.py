class Arithmetic(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def zero(self, x: Tensor):
    torch.zero_(x)

  def add(self, into: Tensor, x: Tensor):
    torch.add_(into, x)

  # Euclidean norm of each, in fp32.
  def norms(self, parts: List[Tensor]) -> Tensor:
    return torch.stack(torch._foreach_norm(parts, 2, 6))

  def greatest(self, x: Tensor) -> Tensor:
    return torch.argmax(x, 1)

  # Sums of the elements' bits as integers, of so many elements each; x is flat, fp32 or bf16.
  # A copy at a time: a view as another type of the same size is out of a program's reach.
  def bit_sums(self, x: Tensor, count: int) -> Tensor:
    type = 3 if x.dtype == 6 else 2
    sums = annotate(List[Tensor], [])
    for i in range(x.size(0) // count + 1):
      start = i * count
      bits = torch.view_copy(x.narrow(0, start, min(count, x.size(0) - start)), dtype=type)
      sums.append(torch.sum(bits, dtype=4))
    return torch.stack(sums)
