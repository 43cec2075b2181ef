class PhiLayer(Module):
  # Phi: one norm, and after it grouped-query attention, of whose heads a part turns, beside a two-layer MLP.
  # Methods, arguments and results are DecoderLayer's.
  __parameters__ = []
  __buffers__ = []
  training : bool
  heads : int
  kv_heads : int
  head_dim : int
  epsilon : float

  # weights: norm, its bias, qkv, its bias, output, its bias, MLP in, its bias, MLP out, its bias
  def forward(self, x: Tensor, cos: Tensor, sin: Tensor, runs: List[int], bounds: Tensor, weights: List[Tensor], lean: bool) -> List[Tensor]:
    normed = __torch__.LayerNorm.forward(x, weights[0], weights[1], self.epsilon)
    qkv = self.qkv(normed, cos, sin, weights)
    attended, sums, = __torch__.Attention.forward(qkv, self.heads, self.kv_heads, runs, bounds)
    inner = torch.linear(normed, weights[6], weights[7])
    return [self.output(x, attended, inner, weights), qkv, attended, x.new_empty([0]) if lean else inner] + sums

  def qkv(self, normed: Tensor, cos: Tensor, sin: Tensor, weights: List[Tensor]) -> Tensor:
    projected = torch.linear(normed, weights[2], weights[3])
    qkv = projected.view([normed.size(0), self.heads + 2 * self.kv_heads, self.head_dim])
    __torch__.Attention.rotate(qkv, self.heads + self.kv_heads, cos, sin)
    return qkv

  def output(self, x: Tensor, attended: Tensor, inner: Tensor, weights: List[Tensor]) -> Tensor:
    out = torch.linear(torch.gelu(inner, approximate="tanh"), weights[8], weights[9])
    return torch.add_(torch.add_(out, torch.linear(attended, weights[4], weights[5])), x)

  def backward(self, x: Tensor, kept: List[Tensor], grad: Tensor, cos: Tensor, sin: Tensor, runs: List[int], bounds: Tensor, weights: List[Tensor], grads: List[Tensor], keep: float) -> Tensor:
    qkv, attended, inner = kept[0], kept[1], kept[2]
    normed = __torch__.LayerNorm.forward(x, weights[0], weights[1], self.epsilon)
    if inner.size(0) != x.size(0):
      inner = torch.linear(normed, weights[6], weights[7])
    active_grad = self.linear_backward(8, torch.gelu(inner, approximate="tanh"), grad, weights, grads, keep)
    inner_grad = torch.gelu_backward(active_grad, inner, approximate="tanh")
    normed_grad = self.linear_backward(6, normed, inner_grad, weights, grads, keep)
    attended_grad = self.linear_backward(4, attended, grad, weights, grads, keep)
    qkv_grad = __torch__.Attention.backward(qkv, attended, kept[3:], attended_grad, self.heads, self.kv_heads, runs, bounds)
    __torch__.Attention.rotate(qkv_grad, self.heads + self.kv_heads, cos, -sin)
    torch.add_(normed_grad, self.linear_backward(2, normed, qkv_grad.flatten(1, 2), weights, grads, keep))
    return torch.add_(__torch__.LayerNorm.backward(x, normed_grad, weights[0], weights[1], grads, keep, self.epsilon), grad)

  # Of y = x w^T + b, w being weight i and b the next.
  def linear_backward(self, i: int, x: Tensor, grad: Tensor, weights: List[Tensor], grads: List[Tensor], keep: float) -> Tensor:
    if len(grads) > 0:
      torch.addmm_(grads[i], grad.t(), x, beta=keep)
      torch.add_(torch.mul_(grads[i + 1], keep), torch.sum(grad, [0]))
    return torch.mm(grad, weights[i])

  def prefill(self, x: Tensor, cos: Tensor, sin: Tensor, runs: List[int], bounds: Tensor, weights: List[Tensor], keys: Tensor, values: Tensor) -> Tensor:
    normed = __torch__.LayerNorm.forward(x, weights[0], weights[1], self.epsilon)
    qkv = self.qkv(normed, cos, sin, weights)
    __torch__.Attention.fill(qkv, self.heads, self.kv_heads, runs, keys, values)
    attended, sums, = __torch__.Attention.forward(qkv, self.heads, self.kv_heads, runs, bounds)
    return self.output(x, attended, torch.linear(normed, weights[6], weights[7]), weights)

  def decode(self, x: Tensor, cos: Tensor, sin: Tensor, rows: Tensor, mask: Tensor, weights: List[Tensor], keys: Tensor, values: Tensor) -> Tensor:
    normed = __torch__.LayerNorm.forward(x, weights[0], weights[1], self.epsilon)
    qkv = self.qkv(normed, cos, sin, weights)
    attended = __torch__.Attention.decode(qkv, self.heads, self.kv_heads, rows, mask, keys, values)
    return self.output(x, attended, torch.linear(normed, weights[6], weights[7]), weights)

  # As decode, through all layers: weights of one after the other, keys and values of each.
  def decode_all(self, x: Tensor, cos: Tensor, sin: Tensor, rows: Tensor, mask: Tensor, weights: List[Tensor], keys: List[Tensor], values: List[Tensor]) -> Tensor:
    count = len(weights) // len(keys)
    for i in range(len(keys)):
      x = self.decode(x, cos, sin, rows, mask, weights[i * count:(i + 1) * count], keys[i], values[i])
    return x
