class Head(Module):
  # The final norm and the vocabulary's logits, only for the rows that are asked for.
  __parameters__ = []
  __buffers__ = []
  training : bool
  epsilon : float

  # x (rows, hidden); weights: norm, vocabulary (vocabulary, hidden) -> (rows, vocabulary)
  def logits(self, x: Tensor, weights: List[Tensor]) -> Tensor:
    return torch.linear(torch.rms_norm(x, [x.size(1)], weights[0], self.epsilon), weights[1])

  # Loss of each row against its target (rows).
  def losses(self, x: Tensor, targets: Tensor, weights: List[Tensor]) -> Tensor:
    return torch.cross_entropy_loss(self.logits(x, weights), targets, None, 0)

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
