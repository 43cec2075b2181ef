class Head(Module):
  # The final norm and the vocabulary's logits, only for the rows that are asked for.
  __parameters__ = []
  __buffers__ = []
  training : bool
  epsilon : float
  layer_norm : bool

  # x (rows, hidden) -> (rows, vocabulary)
  # weights: norm, [its bias if it is a LayerNorm], vocabulary (vocabulary, hidden), [its bias]
  def logits(self, x: Tensor, weights: List[Tensor]) -> Tensor:
    return self.project(self.norm(x, weights), weights)

  def norm(self, x: Tensor, weights: List[Tensor]) -> Tensor:
    if self.layer_norm:
      return __torch__.LayerNorm.forward(x, weights[0], weights[1], self.epsilon)
    return __torch__.RmsNorm.forward(x, weights[0], self.epsilon)

  # Where the vocabulary is among the weights.
  def vocabulary(self) -> int:
    return 2 if self.layer_norm else 1

  def project(self, normed: Tensor, weights: List[Tensor]) -> Tensor:
    at = self.vocabulary()
    if len(weights) > at + 1:
      return __torch__.Product.product(normed, weights[at], weights[at + 1])
    return __torch__.Product.product(normed, weights[at], None)

  # fp32 loss of each row against its target (rows).
  def losses(self, x: Tensor, targets: Tensor, weights: List[Tensor]) -> Tensor:
    return torch.cross_entropy_loss(torch.to(self.logits(x, weights), 6), targets, None, 0)

  # fp32 loss of each row, and the gradient of x for the sum of losses times scale; what add_gradient takes. The
  # norm's gradients are added to keep (0 or 1) times what grads hold; no grads, none of them.
  def backward(self, x: Tensor, targets: Tensor, scale: float, weights: List[Tensor], grads: List[Tensor], keep: float) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
    normed = self.norm(x, weights)
    logits = self.project(normed, weights)
    likelihoods = torch.softmax(logits, 1, 6)
    ids = targets.unsqueeze(1)
    # Of the likeliest word, likelihood and logit give the logarithm of the softmax's sum: no second exponential.
    below = torch.to(torch.amax(logits, [1], True), 6) - torch.to(torch.gather(logits, 1, ids), 6)
    losses = below - torch.log(torch.amax(likelihoods, [1], True))
    grad = torch.to(torch.scatter_add_(likelihoods, 1, ids, torch.full([x.size(0), 1], -1.0, device=x.device)), x.dtype)
    # The scale goes to what is narrower than the vocabulary.
    normed_grad = torch.mul_(__torch__.Product.input_gradient(grad, weights[self.vocabulary()]), scale)
    return (losses.squeeze(1), self.norm_backward(x, normed_grad, weights, grads, keep), grad, normed * scale)

  # Gradient of the vocabulary's rows from first on, and of their biases if grads has these, too.
  # grad (rows, vocabulary), normed (rows, hidden): as of backward
  def add_gradient(self, grad: Tensor, normed: Tensor, scale: float, first: int, grads: List[Tensor], keep: float):
    some = grad.narrow(1, first, grads[0].size(0))
    __torch__.Product.add_weight_gradient(grads[0], some, normed, keep)
    if len(grads) > 1:
      torch.add_(torch.mul_(grads[1], keep), torch.sum(some, [0]), alpha=scale)

  def norm_backward(self, x: Tensor, grad: Tensor, weights: List[Tensor], grads: List[Tensor], keep: float) -> Tensor:
    if self.layer_norm:
      return __torch__.LayerNorm.backward(x, grad, weights[0], weights[1], grads, keep, self.epsilon)
    if len(grads) > 0:
      return __torch__.RmsNorm.backward(x, grad, weights[0], grads[0], keep, self.epsilon)
    return __torch__.RmsNorm.backward(x, grad, weights[0], None, keep, self.epsilon)

  def select(self, x: Tensor, rows: Tensor) -> Tensor:
    return x.index_select(0, rows)

  # Puts the gradient of some rows into one of all rows.
  def place(self, all: Tensor, rows: Tensor, grad: Tensor):
    all.index_copy_(0, rows, grad)

  # The likeliest next token of each row, but for those that must not come.
  def greedy(self, x: Tensor, weights: List[Tensor], barred: List[int]) -> Tensor:
    logits = self.logits(x, weights)
    for id in barred:
      logits.select(1, id).fill_(-inf)
    return torch.argmax(logits, 1)
