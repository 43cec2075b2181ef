# Attention of each position to itself and those before it; q, k, v (sequences, heads, length, head_dim).
# Short sequences in fp32 take plain matrix products: they are exact to rounding, where the flash kernel's
# exponential is good to 20 units in the last place, and their scores are small enough to be made again.

def is_short(q: Tensor) -> bool:
  return q.size(2) <= 128 and q.dtype == 6

# (sequences, heads, length, length); rows sum to one
def probabilities(q: Tensor, k: Tensor) -> Tensor:
  scores = torch.mul_(torch.matmul(q, k.transpose(2, 3)), q.size(3) ** -0.5)
  future = torch.ones([q.size(2), q.size(2)], dtype=11, device=q.device).triu(1)
  return torch.softmax(scores.masked_fill_(future, -inf), 3)

# Output, and what backward needs: the logarithms of the softmax's sums, if the kernel gives them.
def forward(q: Tensor, k: Tensor, v: Tensor) -> Tuple[Tensor, Tensor]:
  if __torch__.CausalAttention.is_short(q):
    return (torch.matmul(__torch__.CausalAttention.probabilities(q, k), v), q.new_empty([0]))
  out, sums, = torch._scaled_dot_product_flash_attention_for_cpu(q, k, v, 0.0, True)
  return (out, sums)

# As forward, without what backward needs, and with as few heads of keys and values as they have: the heads
# that share them are taken for as many queries of one. Blocks of queries each see only the keys before their end.
# k, v (sequences * kv_heads, length, head_dim); into out (sequences, heads, length, head_dim)
def blocks(q: Tensor, k: Tensor, v: Tensor, out: Tensor):
  heads, length, size = q.size(1), q.size(2), q.size(3)
  grouped = q.reshape([k.size(0), -1, length, size])
  for i in range((length + 47) // 48):
    start = 48 * i
    rows = min(48, length - start)
    end = start + rows
    queries = grouped.narrow(2, start, rows).reshape([grouped.size(0), -1, size])
    scores = torch.baddbmm(q.new_empty([1, 1, 1]), queries, k.narrow(1, 0, end).transpose(1, 2), beta=0, alpha=size ** -0.5)
    future = torch.ones([rows, rows], dtype=11).triu(1)
    scores.view([grouped.size(0), -1, rows, end]).narrow(3, start, rows).masked_fill_(future, -inf)
    attended = torch.bmm(torch.softmax(scores, 2), v.narrow(1, 0, end))
    out.narrow(2, start, rows).copy_(attended.view([q.size(0), heads, rows, size]))

# Gradients of q, k and v.
def backward(grad: Tensor, q: Tensor, k: Tensor, v: Tensor, out: Tensor, sums: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  if __torch__.CausalAttention.is_short(q):
    p = __torch__.CausalAttention.probabilities(q, k)
    v_grad = torch.matmul(p.transpose(2, 3), grad)
    s_grad = torch._softmax_backward_data(torch.matmul(grad, v.transpose(2, 3)), p, 3, p.dtype)
    torch.mul_(s_grad, q.size(3) ** -0.5)
    return (torch.matmul(s_grad, k), torch.matmul(s_grad.transpose(2, 3), q), v_grad)
  q_grad, k_grad, v_grad, = torch._scaled_dot_product_flash_attention_for_cpu_backward(grad, q, k, v, out, sums, 0.0, True)
  return (q_grad, k_grad, v_grad)
