class AdamW(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  beta1 : float
  beta2 : float
  epsilon : float
  weight_decay : float

  # One flat fp32 range of parameters with one learning rate; step (1) counts from 1.
  # Lists, because an update of a list made here would be taken for dead code.
  def update(self, values: List[Tensor], gradients: List[Tensor], means: List[Tensor], squares: List[Tensor], step: List[Tensor], learning_rate: float):
    torch._fused_adamw_(values, gradients, means, squares, annotate(List[Tensor], []), step, lr=learning_rate, beta1=self.beta1, beta2=self.beta2, weight_decay=self.weight_decay, eps=self.epsilon, amsgrad=False, maximize=False, grad_scale=None, found_inf=None)

  # As update, of bf16 values with bf16 gradients, which are multiplied by scale, and fp32 masters.
  def update_rounded(self, values: List[Tensor], gradients: List[Tensor], masters: List[Tensor], means: List[Tensor], squares: List[Tensor], step: List[Tensor], learning_rate: float, scale: float):
    wide = annotate(List[Tensor], [])
    for gradient in gradients:
      wide.append(torch.mul_(torch.to(gradient, 6), scale))
    self.update(masters, wide, means, squares, step, learning_rate)
    # Blocks are updated while others are still to be differentiated. All are views of one buffer, whose
    # version autograd checks: data has a version of its own.
    for i in range(len(values)):
      torch.copy_(values[i].data, masters[i])
