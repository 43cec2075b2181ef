class PhiLayer(Module):
  # Phi: one norm, and after it grouped-query attention, of whose heads a part turns, beside a two-layer MLP.
  # Rows, runs, caches and masks are as in DecoderLayer; autograd differentiates forward, so nothing that
  # it needs is changed in place.
  __parameters__ = []
  __buffers__ = []
  training : bool
  heads : int
  kv_heads : int
  head_dim : int
  turned : int
  epsilon : float

  # weights: norm, its bias, qkv, its bias, output, its bias, MLP in, its bias, MLP out, its bias
  def forward(self, x: Tensor, cos: Tensor, sin: Tensor, runs: List[int], bounds: Tensor, weights: List[Tensor]) -> Tensor:
    normed = self.norm(x, weights)
    return self.output(x, normed, self.attend(self.qkv(normed, cos, sin, weights), runs), weights)

  def norm(self, x: Tensor, weights: List[Tensor]) -> Tensor:
    return torch.layer_norm(x, [x.size(1)], weights[0], weights[1], self.epsilon, False)

  # Queries, keys and values (tokens, heads + 2 kv_heads, head_dim), the first elements of queries and keys rotated.
  def qkv(self, normed: Tensor, cos: Tensor, sin: Tensor, weights: List[Tensor]) -> Tensor:
    projected = torch.linear(normed, weights[2], weights[3])
    qkv = projected.view([normed.size(0), self.heads + 2 * self.kv_heads, self.head_dim])
    qk, v, = torch.split_with_sizes(qkv, [self.heads + self.kv_heads, self.kv_heads], 1)
    first, rest, = torch.split_with_sizes(qk, [self.turned, self.head_dim - self.turned], 2)
    a, b, = torch.chunk(first, 2, 2)
    return torch.cat([torch.cat([a * cos - b * sin, b * cos + a * sin, rest], 2), v], 1)

  # Rows (tokens, heads * head_dim)
  def attend(self, qkv: Tensor, runs: List[int]) -> Tensor:
    parts = annotate(List[Tensor], [])
    start = 0
    for i in range(len(runs) // 2):
      count = runs[2 * i]
      length = runs[2 * i + 1]
      rows = qkv.narrow(0, start, count * length).view([count, length, qkv.size(1), self.head_dim]).transpose(1, 2)
      q, k, v, = torch.split_with_sizes(rows, [self.heads, self.kv_heads, self.kv_heads], 1)
      parts.append(self.attention(q, self.repeat(k), self.repeat(v)).transpose(1, 2).reshape([count * length, -1]))
      start = start + count * length
    return torch.cat(parts, 0)

  def attention(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    if __torch__.CausalAttention.is_short(q):
      return torch.matmul(__torch__.CausalAttention.probabilities(q, k), v)
    return torch.scaled_dot_product_attention(q, k, v, None, 0.0, True)

  def repeat(self, x: Tensor) -> Tensor:
    if self.heads == self.kv_heads:
      return x
    return x.unsqueeze(2).expand([-1, -1, self.heads // self.kv_heads, -1, -1]).flatten(1, 2)

  def output(self, x: Tensor, normed: Tensor, attended: Tensor, weights: List[Tensor]) -> Tensor:
    hidden = torch.gelu(torch.linear(normed, weights[6], weights[7]), approximate="tanh")
    return torch.linear(attended, weights[4], weights[5]) + torch.linear(hidden, weights[8], weights[9]) + x

  def prefill(self, x: Tensor, cos: Tensor, sin: Tensor, runs: List[int], bounds: Tensor, weights: List[Tensor], keys: Tensor, values: Tensor) -> Tensor:
    normed = self.norm(x, weights)
    qkv = self.qkv(normed, cos, sin, weights)
    q, k, v, = torch.split_with_sizes(qkv, [self.heads, self.kv_heads, self.kv_heads], 1)
    sequence = 0
    start = 0
    for i in range(len(runs) // 2):
      length = runs[2 * i + 1]
      for j in range(runs[2 * i]):
        keys.select(0, sequence).narrow(1, 0, length).copy_(k.narrow(0, start, length).transpose(0, 1))
        values.select(0, sequence).narrow(1, 0, length).copy_(v.narrow(0, start, length).transpose(0, 1))
        sequence = sequence + 1
        start = start + length
    return self.output(x, normed, self.attend(qkv, runs), weights)

  def decode(self, x: Tensor, cos: Tensor, sin: Tensor, rows: Tensor, mask: Tensor, weights: List[Tensor], keys: Tensor, values: Tensor) -> Tensor:
    normed = self.norm(x, weights)
    q, k, v, = torch.split_with_sizes(self.qkv(normed, cos, sin, weights), [self.heads, self.kv_heads, self.kv_heads], 1)
    __torch__.CachedAttention.write(keys, rows, k)
    __torch__.CachedAttention.write(values, rows, v)
    return self.output(x, normed, __torch__.CachedAttention.forward(q, keys, values, mask), weights)

  # As decode, through all layers: weights of one after the other, keys and values of each.
  def decode_all(self, x: Tensor, cos: Tensor, sin: Tensor, rows: Tensor, mask: Tensor, weights: List[Tensor], keys: List[Tensor], values: List[Tensor]) -> Tensor:
    count = len(weights) // len(keys)
    for i in range(len(keys)):
      x = self.decode(x, cos, sin, rows, mask, weights[i * count:(i + 1) * count], keys[i], values[i])
    return x
