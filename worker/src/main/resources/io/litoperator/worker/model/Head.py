class Head(Module):
  # The final norm and the vocabulary's logits, only for the rows that are asked for.
  __parameters__ = []
  __buffers__ = []
  training : bool
  epsilon : float

  # x (rows, hidden); weights: norm, vocabulary (vocabulary, hidden) -> (rows, vocabulary)
  def logits(self, x: Tensor, weights: List[Tensor]) -> Tensor:
    return torch.linear(__torch__.RmsNorm.forward(x, weights[0], self.epsilon), weights[1])

  # fp32 loss of each row against its target (rows).
  def losses(self, x: Tensor, targets: Tensor, weights: List[Tensor]) -> Tensor:
    return torch.cross_entropy_loss(torch.to(self.logits(x, weights), 6), targets, None, 0)

  # fp32 loss of each row, and the gradient of x for the sum of losses times scale. Weight gradients are
  # added to keep (0 or 1) times what grads hold; no grads, no weight gradients.
  def backward(self, x: Tensor, targets: Tensor, scale: float, weights: List[Tensor], grads: List[Tensor], keep: float) -> Tuple[Tensor, Tensor]:
    normed = __torch__.RmsNorm.forward(x, weights[0], self.epsilon)
    likelihoods = torch.log_softmax(torch.linear(normed, weights[1]), 1, 6)
    ids = targets.unsqueeze(1)
    losses = -torch.gather(likelihoods, 1, ids).squeeze(1)
    grad = torch.exp_(likelihoods)
    torch.scatter_add_(grad, 1, ids, torch.full([x.size(0), 1], -1.0, device=x.device))
    grad = torch.to(torch.mul_(grad, scale), x.dtype)
    normed_grad = torch.mm(grad, weights[1])
    if len(grads) > 0:
      torch.addmm_(grads[1], grad.t(), normed, beta=keep)
      return (losses, __torch__.RmsNorm.backward(x, normed_grad, weights[0], grads[0], keep, self.epsilon))
    return (losses, __torch__.RmsNorm.backward(x, normed_grad, weights[0], None, keep, self.epsilon))

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
