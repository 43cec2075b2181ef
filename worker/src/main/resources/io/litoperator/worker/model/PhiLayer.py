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
  lora_scale : float
  lora_dropout : float

  # weights: norm, its bias, qkv, its bias, output, its bias, MLP in, its bias, MLP out, its bias
  # adapters: see Lora, of q, k, v, output, MLP in, MLP out; none: the weights alone

  def masks(self, x: Tensor, adapters: List[Tensor]) -> List[Tensor]:
    return __torch__.Lora.masks(x, adapters, self.lora_dropout)

  def project(self, x: Tensor, weights: List[Tensor], adapters: List[Tensor], masks: List[Tensor]) -> Tensor:
    return self.heads_of(self.norm(x, weights), weights, adapters, masks)

  def norm(self, x: Tensor, weights: List[Tensor]) -> Tensor:
    return __torch__.LayerNorm.forward(x, weights[0], weights[1], self.epsilon)

  def heads_of(self, normed: Tensor, weights: List[Tensor], adapters: List[Tensor], masks: List[Tensor]) -> Tensor:
    projected = self.linear(2, normed, weights, 0, 3, adapters, masks)
    return projected.view([normed.size(0), self.heads + 2 * self.kv_heads, self.head_dim])

  def forward(self, x: Tensor, qkv: Tensor, runs: List[int], bounds: Tensor, weights: List[Tensor], adapters: List[Tensor], masks: List[Tensor], lean: bool) -> List[Tensor]:
    attended, sums, = __torch__.Attention.forward(qkv, self.heads, self.kv_heads, runs, bounds)
    inner = self.linear(6, self.norm(x, weights), weights, 4, 1, adapters, masks)
    out = self.output(x, attended, inner, weights, adapters, masks)
    return [out, qkv, attended, x.new_empty([0]) if lean else inner] + sums

  # x times weight i, which its bias follows, and adapters first to first + count - 1 beside it.
  def linear(self, i: int, x: Tensor, weights: List[Tensor], first: int, count: int, adapters: List[Tensor], masks: List[Tensor]) -> Tensor:
    y = __torch__.Product.product(x, weights[i], weights[i + 1])
    if len(adapters) > 0:
      torch.add_(y, __torch__.Lora.product(x, first, count, adapters, masks, self.lora_scale))
    return y

  def qkv(self, normed: Tensor, cos: Tensor, sin: Tensor, weights: List[Tensor]) -> Tensor:
    none = annotate(List[Tensor], [])
    qkv = self.heads_of(normed, weights, none, none)
    __torch__.Attention.rotate(qkv, self.heads + self.kv_heads, cos, sin)
    return qkv

  def output(self, x: Tensor, attended: Tensor, inner: Tensor, weights: List[Tensor], adapters: List[Tensor], masks: List[Tensor]) -> Tensor:
    out = self.linear(8, torch.gelu(inner, approximate="tanh"), weights, 5, 1, adapters, masks)
    return torch.add_(torch.add_(out, self.linear(4, attended, weights, 3, 1, adapters, masks)), x)

  def backward(self, x: Tensor, kept: List[Tensor], grad: Tensor, runs: List[int], bounds: Tensor, weights: List[Tensor], adapters: List[Tensor], masks: List[Tensor], grads: List[Tensor], keep: float) -> List[Tensor]:
    qkv, attended, inner = kept[0], kept[1], kept[2]
    normed = self.norm(x, weights)
    if inner.numel() == 0:
      inner = self.linear(6, normed, weights, 4, 1, adapters, masks)
    active_grad = self.linear_backward(8, torch.gelu(inner, approximate="tanh"), grad, weights, 5, 1, adapters, masks, grads, keep)
    inner_grad = torch.gelu_backward(active_grad, inner, approximate="tanh")
    normed_grad = self.linear_backward(6, normed, inner_grad, weights, 4, 1, adapters, masks, grads, keep)
    attended_grad = self.linear_backward(4, attended, grad, weights, 3, 1, adapters, masks, grads, keep)
    qkv_grad = __torch__.Attention.backward(qkv, attended, kept[3:], attended_grad, self.heads, self.kv_heads, runs, bounds)
    return [qkv_grad, normed_grad, grad]

  def project_backward(self, x: Tensor, qkv_grad: Tensor, beside: List[Tensor], weights: List[Tensor], adapters: List[Tensor], masks: List[Tensor], grads: List[Tensor], keep: float) -> Tensor:
    normed_grad = self.linear_backward(2, self.norm(x, weights), qkv_grad.flatten(1, 2), weights, 0, 3, adapters, masks, grads, keep)
    norm_grads = annotate(List[Tensor], []) if len(adapters) > 0 else grads
    torch.add_(normed_grad, beside[0])
    return torch.add_(__torch__.LayerNorm.backward(x, normed_grad, weights[0], weights[1], norm_grads, keep, self.epsilon), beside[1])

  # Of y = x w^T + b, w being weight i and b the next, and adapters first to first + count - 1 beside it.
  def linear_backward(self, i: int, x: Tensor, grad: Tensor, weights: List[Tensor], first: int, count: int, adapters: List[Tensor], masks: List[Tensor], grads: List[Tensor], keep: float) -> Tensor:
    x_grad = __torch__.Product.input_gradient(grad, weights[i])
    if len(adapters) > 0:
      torch.add_(x_grad, __torch__.Lora.backward(x, grad, first, count, adapters, masks, self.lora_scale, grads, keep))
    elif len(grads) > 0:
      __torch__.Product.add_weight_gradient(grads[i], grad, x, keep)
      torch.add_(torch.mul_(grads[i + 1], keep), torch.sum(grad, [0]))
    return x_grad

  def prefill(self, x: Tensor, cos: Tensor, sin: Tensor, runs: List[int], bounds: Tensor, end: int, weights: List[Tensor], keys: Tensor, values: Tensor) -> Tensor:
    normed = self.norm(x, weights)
    none = annotate(List[Tensor], [])
    qkv = self.qkv(normed, cos, sin, weights)
    attended = __torch__.Attention.prefill(qkv, self.heads, self.kv_heads, runs, bounds, end, keys, values)
    return self.output(x, attended, __torch__.Product.product(normed, weights[6], weights[7]), weights, none, none)

  def prefill_last(self, x: Tensor, cos: Tensor, sin: Tensor, runs: List[int], last: Tensor, end: int, mask: Tensor, weights: List[Tensor], keys: Tensor, values: Tensor) -> Tensor:
    normed = self.norm(x, weights)
    none = annotate(List[Tensor], [])
    qkv = self.qkv(normed, cos, sin, weights)
    attended = __torch__.Attention.prefill_last(qkv, self.heads, self.kv_heads, runs, last, end, mask, keys, values)
    inner = __torch__.Product.product(normed.index_select(0, last), weights[6], weights[7])
    return self.output(x.index_select(0, last), attended, inner, weights, none, none)

  def decode(self, x: Tensor, cos: Tensor, sin: Tensor, place: int, mask: Tensor, weights: List[Tensor], keys: Tensor, values: Tensor) -> Tensor:
    normed = self.norm(x, weights)
    none = annotate(List[Tensor], [])
    qkv = self.qkv(normed, cos, sin, weights)
    attended = __torch__.Attention.decode(qkv, self.heads, self.kv_heads, place, mask, keys, values)
    return self.output(x, attended, __torch__.Product.product(normed, weights[6], weights[7]), weights, none, none)

  # As decode, through all layers: weights of one after the other, keys and values of each.
  def decode_all(self, x: Tensor, cos: Tensor, sin: Tensor, place: int, mask: Tensor, weights: List[Tensor], keys: List[Tensor], values: List[Tensor]) -> Tensor:
    count = len(weights) // len(keys)
    for i in range(len(keys)):
      x = self.decode(x, cos, sin, place, mask, weights[i * count:(i + 1) * count], keys[i], values[i])
    return x
