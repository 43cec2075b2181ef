class AdamW(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  beta1 : float
  beta2 : float
  epsilon : float
  # Elements that are updated at once: few enough for what is made of them to stay in a cache.
  piece : int

  # One flat range of parameters with one learning rate and decay; step (1) counts from 1. Gradients are multiplied by
  # scale. Masters are fp32, as are means and squares: the values themselves, or what bf16 values are rounded from.
  # Lists of one, because an update of a list made here would be taken for dead code.
  def update(self, values: Tensor, gradients: List[Tensor], masters: List[Tensor], means: List[Tensor], squares: List[Tensor], step: List[Tensor], learning_rate: float, weight_decay: float, scale: float):
    gradient, master, mean, square = gradients[0], masters[0], means[0], squares[0]
    # Not a number, so that the product is fp32 whatever the gradient is, in one passage.
    factor = torch.full([1], scale, dtype=6, device=gradient.device)
    for i in range((values.size(0) + self.piece - 1) // self.piece):
      start = i * self.piece
      size = min(self.piece, values.size(0) - start)
      gradients[0] = torch.mul(gradient.narrow(0, start, size), factor)
      masters[0] = master.narrow(0, start, size)
      means[0] = mean.narrow(0, start, size)
      squares[0] = square.narrow(0, start, size)
      torch._fused_adamw_(masters, gradients, means, squares, annotate(List[Tensor], []), step, lr=learning_rate, beta1=self.beta1, beta2=self.beta2, weight_decay=weight_decay, eps=self.epsilon, amsgrad=False, maximize=False, grad_scale=None, found_inf=None)
      if values.dtype != 6:
        # Blocks are updated while others are still to be differentiated. All are views of one buffer, whose
        # version autograd checks: data has a version of its own.
        torch.copy_(values.narrow(0, start, size).data, masters[0])
