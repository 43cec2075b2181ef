class Autograd(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # Gradient of x, empty if y does not depend on it; those of the weights are written to, or added
  # to, the gradient buffers.
  def backward(self, y: Tensor, y_grad: Tensor, x: Tensor, weights: List[Tensor], grads: List[Tensor], accumulate: bool) -> Tensor:
    found = torch.grad([y], [x] + weights, annotate(List[Optional[Tensor]], [y_grad]), None, False, True)
    made = annotate(List[Tensor], [])
    for i in range(1, len(found)):
      g = found[i]
      made.append(torch._unwrap_optional(g))
    if len(grads) > 0:
      if accumulate:
        torch._foreach_add_(grads, made)
      else:
        torch._foreach_copy_(grads, made)
    x_grad = found[0]
    if x_grad is None:
      return x.new_empty([0])
    return x_grad
