# Attention of one new token of each sequence to itself and those before it, whose keys and values are
# in caches (sequences, kv_heads, capacity, head_dim).

# Puts x (sequences, kv_heads, head_dim) in the rows (sequences * kv_heads) of a cache.
def write(cache: Tensor, rows: Tensor, x: Tensor):
  cache.view([-1, x.size(2)]).index_copy_(0, rows, x.flatten(0, 1))

# q (sequences, heads, head_dim) -> (sequences, heads * head_dim). The heads that share keys and values
# are taken for as many queries of one head, so that nothing is repeated.
# mask (sequences, 1, 1, length): 0 where a sequence has keys, -inf elsewhere
def forward(q: Tensor, keys: Tensor, values: Tensor, mask: Tensor) -> Tensor:
  grouped = q.reshape([q.size(0), keys.size(1), -1, q.size(2)])
  k = keys.narrow(2, 0, mask.size(3))
  v = values.narrow(2, 0, mask.size(3))
  if not q.is_cuda and q.dtype == 6:
    scores = torch.mul_(torch.matmul(grouped, k.transpose(2, 3)), q.size(2) ** -0.5)
    return torch.matmul(torch.softmax(torch.add_(scores, mask), 3), v).reshape([q.size(0), -1])
  return torch.scaled_dot_product_attention(grouped, k, v, mask, 0.0, False).reshape([q.size(0), -1])
