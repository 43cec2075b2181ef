# Attention of packed sequences: each row to itself and those before it in its sequence.
# qkv (tokens, heads + 2 kv_heads, head_dim): queries, keys and values, rotated
# runs: count and length of each run of equally long sequences, in order
# bounds (sequences + 1): int32 rows at which sequences begin, and the number of tokens

# Turns the first elements of the first heads in place, as many elements as cos and sin (tokens, 1, elements / 2) are for.
def rotate(qkv: Tensor, heads: int, cos: Tensor, sin: Tensor):
  a, b, = torch.chunk(qkv.narrow(1, 0, heads).narrow(2, 0, 2 * cos.size(2)), 2, 2)
  turned = torch.addcmul_(a * cos, b, sin, value=-1)
  torch.addcmul_(torch.mul_(b, cos), a, sin)
  torch.copy_(a, turned)

# Rows (tokens, heads * head_dim), and what backward needs besides: on the CPU of each run.
def forward(qkv: Tensor, heads: int, kv_heads: int, runs: List[int], bounds: Tensor) -> Tuple[Tensor, List[Tensor]]:
  if qkv.is_cuda:
    q, k, v, = torch.split_with_sizes(qkv, [heads, kv_heads, kv_heads], 1)
    out, kept, = __torch__.PackedAttention.forward(q, k, v, bounds, __torch__.Attention.longest(runs))
    return (out.flatten(1, 2), kept)
  attended = qkv.new_empty([qkv.size(0), heads, qkv.size(2)])
  sums = annotate(List[Tensor], [])
  start = 0
  for i in range(len(runs) // 2):
    count = runs[2 * i]
    length = runs[2 * i + 1]
    q, k, v, = __torch__.Attention.split(qkv, heads, kv_heads, start, count, length)
    out, sum, = __torch__.CausalAttention.forward(q, k, v)
    torch.copy_(__torch__.Attention.rows(attended, start, count, length), out)
    sums.append(sum)
    start = start + count * length
  return (attended.flatten(1, 2), sums)

# Gradient of qkv, still rotated, given that of the rows.
# attended, kept: as forward returns them
def backward(qkv: Tensor, attended: Tensor, kept: List[Tensor], grad: Tensor, heads: int, kv_heads: int, runs: List[int], bounds: Tensor) -> Tensor:
  attended = attended.view([qkv.size(0), heads, qkv.size(2)])
  grad = grad.view([qkv.size(0), heads, qkv.size(2)])
  if qkv.is_cuda:
    q, k, v, = torch.split_with_sizes(qkv, [heads, kv_heads, kv_heads], 1)
    return torch.cat(__torch__.PackedAttention.backward(grad, q, k, v, attended, kept, bounds, __torch__.Attention.longest(runs)), 1)
  qkv_grad = torch.empty_like(qkv)
  start = 0
  for i in range(len(runs) // 2):
    count = runs[2 * i]
    length = runs[2 * i + 1]
    q, k, v, = __torch__.Attention.split(qkv, heads, kv_heads, start, count, length)
    q_grad, k_grad, v_grad, = __torch__.CausalAttention.backward(
      __torch__.Attention.rows(grad, start, count, length), q, k, v, __torch__.Attention.rows(attended, start, count, length), kept[i])
    parts = [q_grad, __torch__.Attention.gather(k_grad, kv_heads), __torch__.Attention.gather(v_grad, kv_heads)]
    torch.copy_(__torch__.Attention.rows(qkv_grad, start, count, length), torch.cat(parts, 1))
    start = start + count * length
  return qkv_grad

def longest(runs: List[int]) -> int:
  longest = 0
  for i in range(len(runs) // 2):
    longest = max(longest, runs[2 * i + 1])
  return longest

# rows [start, start + count * length) of x (tokens, heads, head_dim) as (count, heads, length, head_dim)
def rows(x: Tensor, start: int, count: int, length: int) -> Tensor:
  return x.narrow(0, start, count * length).view([count, length, x.size(1), x.size(2)]).transpose(1, 2)

# Queries, keys and values of a run, with as many keys and values as queries.
def split(qkv: Tensor, heads: int, kv_heads: int, start: int, count: int, length: int) -> Tuple[Tensor, Tensor, Tensor]:
  q, k, v, = torch.split_with_sizes(__torch__.Attention.rows(qkv, start, count, length), [heads, kv_heads, kv_heads], 1)
  return (q, __torch__.Attention.repeat(k, heads), __torch__.Attention.repeat(v, heads))

def repeat(x: Tensor, heads: int) -> Tensor:
  if x.size(1) == heads:
    return x
  return x.unsqueeze(2).expand([-1, -1, heads // x.size(1), -1, -1]).flatten(1, 2)

# Of what repeat has made.
def gather(grad: Tensor, kv_heads: int) -> Tensor:
  if grad.size(1) == kv_heads:
    return grad
  return torch.sum(grad.reshape([grad.size(0), kv_heads, -1, grad.size(2), grad.size(3)]), [2])

# Rows as forward's; besides, keys and values go into caches (sequences, kv_heads, capacity, head_dim), in which
# all sequences end before the same place.
def prefill(qkv: Tensor, heads: int, kv_heads: int, runs: List[int], bounds: Tensor, end: int, keys: Tensor, values: Tensor) -> Tensor:
  __torch__.Attention.fill(qkv, heads, kv_heads, runs, end, keys, values)
  if qkv.is_cuda or qkv.dtype != 6:
    rows, kept, = __torch__.Attention.forward(qkv, heads, kv_heads, runs, bounds)
    return rows
  attended = qkv.new_empty([qkv.size(0), heads, qkv.size(2)])
  sequence = 0
  start = 0
  for i in range(len(runs) // 2):
    count = runs[2 * i]
    length = runs[2 * i + 1]
    __torch__.CausalAttention.blocks(
      __torch__.Attention.rows(qkv.narrow(1, 0, heads), start, count, length),
      keys.narrow(0, sequence, count).flatten(0, 1).narrow(1, end - length, length),
      values.narrow(0, sequence, count).flatten(0, 1).narrow(1, end - length, length),
      __torch__.Attention.rows(attended, start, count, length))
    sequence = sequence + count
    start = start + count * length
  return attended.flatten(1, 2)

# The same for the last row of each sequence alone, (sequences, heads * head_dim).
# last (sequences): these rows; mask: as of CachedAttention
def prefill_last(qkv: Tensor, heads: int, kv_heads: int, runs: List[int], last: Tensor, end: int, mask: Tensor, keys: Tensor, values: Tensor) -> Tensor:
  __torch__.Attention.fill(qkv, heads, kv_heads, runs, end, keys, values)
  return __torch__.CachedAttention.forward(qkv.narrow(1, 0, heads).index_select(0, last), keys, values, mask)

# Puts keys and values into caches.
def fill(qkv: Tensor, heads: int, kv_heads: int, runs: List[int], end: int, keys: Tensor, values: Tensor):
  q, k, v, = torch.split_with_sizes(qkv, [heads, kv_heads, kv_heads], 1)
  sequence = 0
  start = 0
  for i in range(len(runs) // 2):
    count = runs[2 * i]
    length = runs[2 * i + 1]
    keys.narrow(0, sequence, count).narrow(2, end - length, length).copy_(__torch__.Attention.rows(k, start, count, length))
    values.narrow(0, sequence, count).narrow(2, end - length, length).copy_(__torch__.Attention.rows(v, start, count, length))
    sequence = sequence + count
    start = start + count * length

# One more row of each sequence, its keys and values put into the caches: rows (sequences, heads * head_dim).
# place: the row's in the caches; mask: as of CachedAttention
def decode(qkv: Tensor, heads: int, kv_heads: int, place: int, mask: Tensor, keys: Tensor, values: Tensor) -> Tensor:
  q, k, v, = torch.split_with_sizes(qkv, [heads, kv_heads, kv_heads], 1)
  keys.select(2, place).copy_(k)
  values.select(2, place).copy_(v)
  return __torch__.CachedAttention.forward(q, keys, values, mask)
