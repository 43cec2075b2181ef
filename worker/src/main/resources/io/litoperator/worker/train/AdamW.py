class AdamW(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  beta1 : float
  beta2 : float
  epsilon : float
  weight_decay : float

  # One flat range of parameters with one learning rate; step (1) counts from 1.
  # Lists, because an update of a list made here would be taken for dead code.
  def update(self, values: List[Tensor], gradients: List[Tensor], means: List[Tensor], squares: List[Tensor], step: List[Tensor], learning_rate: float):
    torch._fused_adamw_(values, gradients, means, squares, annotate(List[Tensor], []), step, lr=learning_rate, beta1=self.beta1, beta2=self.beta2, weight_decay=self.weight_decay, eps=self.epsilon, amsgrad=False, maximize=False, grad_scale=None, found_inf=None)
