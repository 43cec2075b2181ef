class DecoderLayer(Module):
  # Llama, Mistral and Qwen2: pre-norm, grouped-query attention with rotary positions, SwiGLU.
  # Rows are the tokens of all sequences, one after the other, without padding.
  # The derivative is written out: it keeps half of what autograd would, and matrix products go
  # straight into the gradient buffers.
  __parameters__ = []
  __buffers__ = []
  training : bool
  heads : int
  kv_heads : int
  head_dim : int
  epsilon : float
  qkv_bias : bool
  lora_scale : float
  lora_dropout : float

  # x (tokens, hidden)
  # runs: count and length of each run of equally long sequences, in order
  # bounds (sequences + 1): int32 rows at which sequences begin, and the number of tokens
  # weights: input norm, qkv, [qkv bias], output, post-attention norm, gate and up, down
  # adapters: see Lora, of q, k, v, output, gate, up, down; none: the weights alone
  # A layer runs in two parts, since queries and keys are rotated between them, which is Rotary's.

  def masks(self, x: Tensor, adapters: List[Tensor]) -> List[Tensor]:
    return __torch__.Lora.masks(x, adapters, self.lora_dropout)

  # Queries, keys and values (tokens, heads + 2 kv_heads, head_dim), to be rotated.
  def project(self, x: Tensor, weights: List[Tensor], adapters: List[Tensor], masks: List[Tensor]) -> Tensor:
    normed = __torch__.RmsNorm.forward(x, weights[0], self.epsilon)
    if self.qkv_bias:
      projected = __torch__.Product.product(normed, weights[1], weights[2])
    else:
      projected = __torch__.Product.product(normed, weights[1], None)
    self.adapt(projected, normed, 0, 3, adapters, masks)
    return projected.view([x.size(0), self.heads + 2 * self.kv_heads, self.head_dim])

  # The layer's output and then what backward needs; of that, lean leaves the largest out: the MLP's inner
  # product, half of all, is a seventh of the layer's work to make again.
  def forward(self, x: Tensor, qkv: Tensor, runs: List[int], bounds: Tensor, weights: List[Tensor], adapters: List[Tensor], masks: List[Tensor], lean: bool) -> List[Tensor]:
    attended, sums, = __torch__.Attention.forward(qkv, self.heads, self.kv_heads, runs, bounds)
    y = self.output(x, attended, weights, adapters, masks)
    gate_up = self.gate_up(y, weights, adapters, masks)
    out = self.down(y, gate_up, weights, adapters, masks)
    return [out, qkv, attended, y, x.new_empty([0]) if lean else gate_up] + sums

  # Adds in place what the adapters make of a product's input.
  def adapt(self, y: Tensor, x: Tensor, first: int, count: int, adapters: List[Tensor], masks: List[Tensor]):
    if len(adapters) > 0:
      torch.add_(y, __torch__.Lora.product(x, first, count, adapters, masks, self.lora_scale))

  def output(self, x: Tensor, attended: Tensor, weights: List[Tensor], adapters: List[Tensor], masks: List[Tensor]) -> Tensor:
    out = torch.add_(__torch__.Product.product(attended, weights[len(weights) - 4], None), x)
    self.adapt(out, attended, 3, 1, adapters, masks)
    return out

  # Gate and up side by side, (tokens, 2 inner); on a GPU, whose kernels are slow where rows are parts of longer
  # ones, one after the other, (2, tokens, inner).
  def gate_up(self, y: Tensor, weights: List[Tensor], adapters: List[Tensor], masks: List[Tensor]) -> Tensor:
    normed = __torch__.RmsNorm.forward(y, weights[len(weights) - 3], self.epsilon)
    stacked = weights[len(weights) - 2]
    if not y.is_cuda:
      gate_up = __torch__.Product.product(normed, stacked, None)
      self.adapt(gate_up, normed, 4, 2, adapters, masks)
      return gate_up
    halves = y.new_empty([2, y.size(0), stacked.size(0) // 2])
    for i in range(2):
      torch.mm(normed, self.half(stacked, i).t(), out=halves[i])
      self.adapt(halves[i], normed, 4 + i, 1, adapters, masks)
    return halves

  # Gate and up, or their gradients, as gate_up has them; packed weights may make more columns, which are for nothing.
  def split(self, gate_up: Tensor, weights: List[Tensor]) -> Tuple[Tensor, Tensor]:
    if gate_up.dim() == 3:
      return (gate_up[0], gate_up[1])
    inner = weights[len(weights) - 1].size(1)
    return (gate_up.narrow(1, 0, inner), gate_up.narrow(1, inner, inner))

  def down(self, y: Tensor, gate_up: Tensor, weights: List[Tensor], adapters: List[Tensor], masks: List[Tensor]) -> Tensor:
    gate, up, = self.split(gate_up, weights)
    hidden = torch.mul_(torch.silu(gate), up)
    out = torch.add_(__torch__.Product.product(hidden, weights[len(weights) - 1], None), y)
    self.adapt(out, hidden, 6, 1, adapters, masks)
    return out

  # Gradient of queries, keys and values, still rotated, given that of the output; and what reaches x beside them.
  # The gradients of weights, or of adapters where there are any, are added to keep (0 or 1) times what grads
  # hold; no grads, none of them.
  # kept: as forward returns it, without the output
  def backward(self, x: Tensor, kept: List[Tensor], grad: Tensor, runs: List[int], bounds: Tensor, weights: List[Tensor], adapters: List[Tensor], masks: List[Tensor], grads: List[Tensor], keep: float) -> List[Tensor]:
    qkv, attended, y, gate_up = kept[0], kept[1], kept[2], kept[3]
    if gate_up.numel() == 0:
      gate_up = self.gate_up(y, weights, adapters, masks)
    y_grad = torch.add_(self.mlp_backward(y, gate_up, grad, weights, adapters, masks, grads, keep), grad)
    attended_grad = self.linear_backward(len(weights) - 4, attended, y_grad, weights, 3, 1, adapters, masks, grads, keep)
    qkv_grad = __torch__.Attention.backward(qkv, attended, kept[4:], attended_grad, self.heads, self.kv_heads, runs, bounds)
    return [qkv_grad, y_grad]

  # Gradient of x, given that of project's result, and what backward returns besides.
  def project_backward(self, x: Tensor, qkv_grad: Tensor, beside: List[Tensor], weights: List[Tensor], adapters: List[Tensor], masks: List[Tensor], grads: List[Tensor], keep: float) -> Tensor:
    projected_grad = qkv_grad.flatten(1, 2)
    if self.qkv_bias and self.trains(grads, adapters):
      torch.add_(torch.mul_(grads[2], keep), torch.sum(projected_grad, [0]))
    normed = __torch__.RmsNorm.forward(x, weights[0], self.epsilon)
    normed_grad = self.linear_backward(1, normed, projected_grad, weights, 0, 3, adapters, masks, grads, keep)
    return torch.add_(self.norm_backward(0, x, normed_grad, weights, adapters, grads, keep), beside[0])

  # Whether the weights train.
  def trains(self, grads: List[Tensor], adapters: List[Tensor]) -> bool:
    return len(grads) > 0 and len(adapters) == 0

  # The gradient of gate and up takes their place.
  def mlp_backward(self, y: Tensor, gate_up: Tensor, grad: Tensor, weights: List[Tensor], adapters: List[Tensor], masks: List[Tensor], grads: List[Tensor], keep: float) -> Tensor:
    gate, up, = self.split(gate_up, weights)
    active = torch.silu(gate)
    hidden_grad = self.linear_backward(len(weights) - 1, active * up, grad, weights, 6, 1, adapters, masks, grads, keep)
    active_grad = hidden_grad * up
    torch.mul(hidden_grad, active, out=up)
    torch.silu_backward(active_grad, gate, grad_input=gate)
    normed = __torch__.RmsNorm.forward(y, weights[len(weights) - 3], self.epsilon)
    normed_grad = self.gate_up_backward(normed, gate_up, weights, adapters, masks, grads, keep)
    return self.norm_backward(len(weights) - 3, y, normed_grad, weights, adapters, grads, keep)

  def gate_up_backward(self, normed: Tensor, grad: Tensor, weights: List[Tensor], adapters: List[Tensor], masks: List[Tensor], grads: List[Tensor], keep: float) -> Tensor:
    i = len(weights) - 2
    if grad.dim() == 2:
      return self.linear_backward(i, normed, grad, weights, 4, 2, adapters, masks, grads, keep)
    parts = annotate(List[Tensor], [])
    for j in range(2):
      into = self.half(grads[i], j) if self.trains(grads, adapters) else None
      parts.append(self.product_backward(self.half(weights[i], j), into, normed, grad[j], 4 + j, 1, adapters, masks, grads, keep))
    return torch.add_(parts[0], parts[1])

  # One of two weights that are stacked.
  def half(self, stacked: Tensor, i: int) -> Tensor:
    size = stacked.size(0) // 2
    return stacked.narrow(0, i * size, size)

  # Of y = x w^T, w being weight i, and adapters first to first + count - 1 beside it.
  def linear_backward(self, i: int, x: Tensor, grad: Tensor, weights: List[Tensor], first: int, count: int, adapters: List[Tensor], masks: List[Tensor], grads: List[Tensor], keep: float) -> Tensor:
    into = grads[i] if self.trains(grads, adapters) else None
    return self.product_backward(weights[i], into, x, grad, first, count, adapters, masks, grads, keep)

  # The same of any weight, whose gradient is added to keep times what into, if there is one, holds.
  def product_backward(self, w: Tensor, into: Optional[Tensor], x: Tensor, grad: Tensor, first: int, count: int, adapters: List[Tensor], masks: List[Tensor], grads: List[Tensor], keep: float) -> Tensor:
    x_grad = __torch__.Product.input_gradient(grad, w)
    if into is not None:
      __torch__.Product.add_weight_gradient(into, grad, x, keep)
    if len(adapters) > 0:
      torch.add_(x_grad, __torch__.Lora.backward(x, grad, first, count, adapters, masks, self.lora_scale, grads, keep))
    return x_grad

  def norm_backward(self, i: int, x: Tensor, grad: Tensor, weights: List[Tensor], adapters: List[Tensor], grads: List[Tensor], keep: float) -> Tensor:
    if self.trains(grads, adapters):
      return __torch__.RmsNorm.backward(x, grad, weights[i], grads[i], keep, self.epsilon)
    return __torch__.RmsNorm.backward(x, grad, weights[i], None, keep, self.epsilon)

  # Queries, keys and values, rotated; cos, sin (tokens, 1, head_dim / 2).
  def qkv(self, x: Tensor, cos: Tensor, sin: Tensor, weights: List[Tensor]) -> Tensor:
    none = annotate(List[Tensor], [])
    qkv = self.project(x, weights, none, none)
    __torch__.Attention.rotate(qkv, self.heads + self.kv_heads, cos, sin)
    return qkv

  # As forward, without what backward needs; besides, keys and values go into caches (sequences, kv_heads, capacity, head_dim),
  # in which all sequences end before the same place.
  def prefill(self, x: Tensor, cos: Tensor, sin: Tensor, runs: List[int], bounds: Tensor, end: int, weights: List[Tensor], keys: Tensor, values: Tensor) -> Tensor:
    qkv = self.qkv(x, cos, sin, weights)
    return self.rest(x, __torch__.Attention.prefill(qkv, self.heads, self.kv_heads, runs, bounds, end, keys, values), weights)

  # As prefill, of the last layer: only the last row of each sequence is needed, besides keys and values.
  # last (sequences): these rows; mask: as of CachedAttention -> (sequences, hidden)
  def prefill_last(self, x: Tensor, cos: Tensor, sin: Tensor, runs: List[int], last: Tensor, end: int, mask: Tensor, weights: List[Tensor], keys: Tensor, values: Tensor) -> Tensor:
    qkv = self.qkv(x, cos, sin, weights)
    attended = __torch__.Attention.prefill_last(qkv, self.heads, self.kv_heads, runs, last, end, mask, keys, values)
    return self.rest(x.index_select(0, last), attended, weights)

  def rest(self, x: Tensor, attended: Tensor, weights: List[Tensor]) -> Tensor:
    none = annotate(List[Tensor], [])
    y = self.output(x, attended, weights, none, none)
    return self.down(y, self.gate_up(y, weights, none, none), weights, none, none)

  # One more token of each sequence: x (sequences, hidden); place and mask as in Attention.
  def decode(self, x: Tensor, cos: Tensor, sin: Tensor, place: int, mask: Tensor, weights: List[Tensor], keys: Tensor, values: Tensor) -> Tensor:
    qkv = self.qkv(x, cos, sin, weights)
    return self.rest(x, __torch__.Attention.decode(qkv, self.heads, self.kv_heads, place, mask, keys, values), weights)

  # As decode, through all layers: weights of one after the other, keys and values of each.
  def decode_all(self, x: Tensor, cos: Tensor, sin: Tensor, place: int, mask: Tensor, weights: List[Tensor], keys: List[Tensor], values: List[Tensor]) -> Tensor:
    count = len(weights) // len(keys)
    for i in range(len(keys)):
      x = self.decode(x, cos, sin, place, mask, weights[i * count:(i + 1) * count], keys[i], values[i])
    return x
