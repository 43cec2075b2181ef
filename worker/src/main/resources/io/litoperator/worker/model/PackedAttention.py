# Attention on a GPU, of all sequences at once: each position to itself and those before it in its sequence.
# q (tokens, heads, head_dim); k, v (tokens, kv_heads, head_dim)
# bounds (sequences + 1): int32 rows at which sequences begin, and the number of tokens

# Output (tokens, heads, head_dim), and what backward needs besides.
def forward(q: Tensor, k: Tensor, v: Tensor, bounds: Tensor, longest: int) -> Tuple[Tensor, List[Tensor]]:
  size = q.size(2)
  scale = size ** -0.5
  q, k, v = __torch__.PackedAttention.padded(q), __torch__.PackedAttention.padded(k), __torch__.PackedAttention.padded(v)
  if q.dtype == 15:
    out, sums, random, unused, mask, = torch._flash_attention_forward(
      q, k, v, bounds, bounds, longest, longest, 0.0, True, False, scale=scale)
    return (out.narrow(2, 0, size), [sums, random, unused])
  k, v = __torch__.PackedAttention.repeat(k, q), __torch__.PackedAttention.repeat(v, q)
  wide, log_sums, seed, offset, most_q, most_k, = torch._efficient_attention_forward(
    q.unsqueeze(0), k.unsqueeze(0), v.unsqueeze(0), None, bounds, bounds, longest, longest, 0.0, 1, True, scale=scale)
  return (wide.squeeze(0).narrow(2, 0, size), [log_sums, seed, offset])

# Gradients of q, k and v.
def backward(grad: Tensor, q: Tensor, k: Tensor, v: Tensor, out: Tensor, kept: List[Tensor], bounds: Tensor, longest: int) -> List[Tensor]:
  size = q.size(2)
  scale = size ** -0.5
  grad, out = __torch__.PackedAttention.padded(grad), __torch__.PackedAttention.padded(out)
  q, k, v = __torch__.PackedAttention.padded(q), __torch__.PackedAttention.padded(k), __torch__.PackedAttention.padded(v)
  if q.dtype == 15:
    q_grad, k_grad, v_grad, = torch._flash_attention_backward(
      grad, q, k, v, out, kept[0], bounds, bounds, longest, longest, 0.0, True, kept[1], kept[2], scale=scale)
    return [q_grad.narrow(2, 0, size), k_grad.narrow(2, 0, size), v_grad.narrow(2, 0, size)]
  wide_k, wide_v = __torch__.PackedAttention.repeat(k, q), __torch__.PackedAttention.repeat(v, q)
  q_grad, k_grad, v_grad, bias_grad, = torch._efficient_attention_backward(
    grad.unsqueeze(0), q.unsqueeze(0), wide_k.unsqueeze(0), wide_v.unsqueeze(0), None, out.unsqueeze(0), bounds, bounds, longest, longest,
    kept[0], 0.0, kept[1], kept[2], 1, False, scale=scale)
  k_grad, v_grad = __torch__.PackedAttention.gather(k_grad.squeeze(0), k), __torch__.PackedAttention.gather(v_grad.squeeze(0), v)
  return [q_grad.squeeze(0).narrow(2, 0, size), k_grad.narrow(2, 0, size), v_grad.narrow(2, 0, size)]

# The kernels take a head's elements by eights: one of another size gets zeros, which change no product.
def padded(x: Tensor) -> Tensor:
  if x.size(2) % 8 == 0:
    return x
  return torch.constant_pad_nd(x, [0, 8 - x.size(2) % 8])

# As many heads as q has, for a kernel that does not share keys and values.
def repeat(x: Tensor, q: Tensor) -> Tensor:
  if x.size(1) == q.size(1):
    return x
  return x.unsqueeze(2).expand([-1, -1, q.size(1) // x.size(1), -1]).flatten(1, 2)

def gather(grad: Tensor, x: Tensor) -> Tensor:
  if grad.size(1) == x.size(1):
    return grad
  return torch.sum(grad.view([x.size(0), x.size(1), -1, x.size(2)]), [2])
