class Arrangement(Module):
  # Features in the order of image tokens, with newlines between.
  __parameters__ = []
  __buffers__ = []
  training : bool

  # x (features, hidden); feature from[i] goes to row to[i], the newline to the rows breaks
  # weights: newline (hidden) -> (image tokens, hidden)
  def forward(self, x: Tensor, source: Tensor, to: Tensor, breaks: Tensor, weights: List[Tensor]) -> Tensor:
    out = x.new_empty([to.size(0) + breaks.size(0), x.size(1)])
    out.index_copy_(0, to, x.index_select(0, source))
    out.index_copy_(0, breaks, weights[0].expand([breaks.size(0), -1]))
    return out

  # Gradient of x, zero where a feature is left out. That of the newline is added to keep (0 or 1)
  # times what grads hold; no grads, no gradient of it.
  def backward(self, x: Tensor, grad: Tensor, source: Tensor, to: Tensor, breaks: Tensor, grads: List[Tensor], keep: float) -> Tensor:
    if len(grads) > 0:
      torch.add_(torch.mul_(grads[0], keep), torch.sum(grad.index_select(0, breaks), [0]))
    return torch.zeros_like(x).index_copy_(0, source, grad.index_select(0, to))
