# Attention of one new token of each sequence to itself and those before it, whose keys and values are
# in caches (sequences, kv_heads, capacity, head_dim).

# q (sequences, heads, head_dim) -> (sequences, heads * head_dim). The heads that share keys and values
# are taken for as many queries of one head, so that nothing is repeated.
# mask (sequences, 1, 1, length): 0 where a sequence has keys, -inf elsewhere
def forward(q: Tensor, keys: Tensor, values: Tensor, mask: Tensor) -> Tensor:
  k = keys.narrow(2, 0, mask.size(3))
  v = values.narrow(2, 0, mask.size(3))
  if q.is_cuda or q.dtype != 6:
    grouped = q.reshape([q.size(0), keys.size(1), -1, q.size(2)])
    return torch.scaled_dot_product_attention(grouped, k, v, mask, 0.0, False).reshape([q.size(0), -1])
  grouped = q.reshape([q.size(0) * keys.size(1), -1, q.size(2)])
  scores = torch.baddbmm(q.new_empty([1, 1, 1]), grouped, k.flatten(0, 1).transpose(1, 2), beta=0, alpha=q.size(2) ** -0.5)
  torch.add_(scores.view([q.size(0), -1, scores.size(2)]), mask.squeeze(1))
  attended = torch.bmm(v.flatten(0, 1).transpose(1, 2), torch.softmax(scores, 2).transpose(1, 2))
  return attended.transpose(1, 2).reshape([q.size(0), -1])
