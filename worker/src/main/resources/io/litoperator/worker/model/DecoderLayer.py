class DecoderLayer(Module):
  # Llama and Qwen2: pre-norm, grouped-query attention with rotary positions, SwiGLU.
  # Rows are the tokens of all sequences, one after the other, without padding.
  __parameters__ = []
  __buffers__ = []
  training : bool
  heads : int
  kv_heads : int
  head_dim : int
  epsilon : float
  qkv_bias : bool

  # x (tokens, hidden); cos, sin (tokens, 1, head_dim / 2)
  # runs: count and length of each run of equally long sequences, in order
  # weights: input norm, qkv, [qkv bias], output, post-attention norm, gate and up, down
  def forward(self, x: Tensor, cos: Tensor, sin: Tensor, runs: List[int], weights: List[Tensor]) -> Tensor:
    q, k, v, = self.qkv(x, cos, sin, weights)
    return self.rest(x, self.attend(q, k, v, runs), weights)

  def qkv(self, x: Tensor, cos: Tensor, sin: Tensor, weights: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    normed = torch.rms_norm(x, [x.size(1)], weights[0], self.epsilon)
    if self.qkv_bias:
      projected = torch.linear(normed, weights[1], weights[2])
    else:
      projected = torch.linear(normed, weights[1])
    projected = projected.view([x.size(0), self.heads + 2 * self.kv_heads, self.head_dim])
    q = self.rotate(projected.narrow(1, 0, self.heads), cos, sin)
    k = self.rotate(projected.narrow(1, self.heads, self.kv_heads), cos, sin)
    v = projected.narrow(1, self.heads + self.kv_heads, self.kv_heads)
    return (q, k, v)

  # x (tokens, heads, head_dim)
  def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    a, b, = torch.chunk(x, 2, 2)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], 2)

  def attend(self, q: Tensor, k: Tensor, v: Tensor, runs: List[int]) -> Tensor:
    parts = annotate(List[Tensor], [])
    start = 0
    for i in range(len(runs) // 2):
      count = runs[2 * i]
      length = runs[2 * i + 1]
      rows = count * length
      out = torch.scaled_dot_product_attention(
        self.split(q, start, count, length), self.split(k, start, count, length), self.split(v, start, count, length),
        None, 0.0, True, scale=None, enable_gqa=self.heads != self.kv_heads)
      parts.append(out.transpose(1, 2).reshape([rows, self.heads * self.head_dim]))
      start = start + rows
    if len(parts) == 1:
      return parts[0]
    return torch.cat(parts, 0)

  # rows [start, start + count * length) of x as (count, heads, length, head_dim)
  def split(self, x: Tensor, start: int, count: int, length: int) -> Tensor:
    return x.narrow(0, start, count * length).view([count, length, x.size(1), self.head_dim]).transpose(1, 2)

  def rest(self, x: Tensor, attended: Tensor, weights: List[Tensor]) -> Tensor:
    w = 2
    if self.qkv_bias:
      w = 3
    y = x + torch.linear(attended, weights[w])
    normed = torch.rms_norm(y, [y.size(1)], weights[w + 1], self.epsilon)
    gate, up, = torch.chunk(torch.linear(normed, weights[w + 2]), 2, 1)
    return y + torch.linear(torch.silu(gate) * up, weights[w + 3])

  # As forward; besides, keys and values go into caches (sequences, kv_heads, capacity, head_dim).
  def prefill(self, x: Tensor, cos: Tensor, sin: Tensor, runs: List[int], weights: List[Tensor], keys: Tensor, values: Tensor) -> Tensor:
    q, k, v, = self.qkv(x, cos, sin, weights)
    sequence = 0
    start = 0
    for i in range(len(runs) // 2):
      length = runs[2 * i + 1]
      for j in range(runs[2 * i]):
        keys.select(0, sequence).narrow(1, 0, length).copy_(k.narrow(0, start, length).transpose(0, 1))
        values.select(0, sequence).narrow(1, 0, length).copy_(v.narrow(0, start, length).transpose(0, 1))
        sequence = sequence + 1
        start = start + length
    return self.rest(x, self.attend(q, k, v, runs), weights)

  # One more token of each sequence: x (sequences, hidden), at the places ends (sequences) of the caches.
  # mask (sequences, 1, 1, capacity): 0 where a sequence has keys, its new one included, and -inf elsewhere
  def decode(self, x: Tensor, cos: Tensor, sin: Tensor, ends: Tensor, mask: Tensor, weights: List[Tensor], keys: Tensor, values: Tensor) -> Tensor:
    q, k, v, = self.qkv(x, cos, sin, weights)
    place = annotate(List[Optional[Tensor]], [torch.arange(x.size(0)), None, ends])
    torch.index_put_(keys, place, k)
    torch.index_put_(values, place, v)
    attended = torch.scaled_dot_product_attention(q.unsqueeze(2), keys, values, mask, 0.0, False, scale=None, enable_gqa=self.heads != self.kv_heads)
    return self.rest(x, attended.reshape([x.size(0), self.heads * self.head_dim]), weights)
