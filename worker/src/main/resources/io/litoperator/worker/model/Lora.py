# Low-rank adapters beside a layer's matrix products: y + scale * (x * mask) a^T b^T.
# adapters: a (rank, in) and b (out, rank) of each product, in the order of the layer's weights; products
# that share their input lie side by side in one weight, and have an adapter each.

# For each adapter a mask of its input, which drops elements and scales up the rest; none without dropout.
# All are drawn at once, so that a seed gives the same masks forward and backward.
def masks(x: Tensor, adapters: List[Tensor], dropout: float) -> List[Tensor]:
  drawn = annotate(List[Tensor], [])
  if dropout > 0:
    for i in range(len(adapters) // 2):
      mask = x.new_empty([x.size(0), adapters[2 * i].size(1)])
      drawn.append(torch.div_(torch.bernoulli_(mask, 1 - dropout), 1 - dropout))
  return drawn

# The products' columns that adapters first to first + count - 1 make, side by side, of x (rows, in).
def product(x: Tensor, first: int, count: int, adapters: List[Tensor], masks: List[Tensor], scale: float) -> Tensor:
  parts = annotate(List[Tensor], [])
  for i in range(first, first + count):
    low = torch.mm(__torch__.Lora.masked(x, i, masks), adapters[2 * i].t())
    parts.append(torch.mm(low, adapters[2 * i + 1].t()) * scale)
  return torch.cat(parts, 1)

def masked(x: Tensor, i: int, masks: List[Tensor]) -> Tensor:
  if len(masks) > 0:
    return x * masks[i]
  return x

# The part of x's gradient that comes through the adapters, given that of the product's columns. The
# adapters' gradients are added to keep (0 or 1) times what grads hold.
def backward(x: Tensor, grad: Tensor, first: int, count: int, adapters: List[Tensor], masks: List[Tensor], scale: float, grads: List[Tensor], keep: float) -> Tensor:
  x_grad = torch.zeros_like(x)
  start = 0
  for i in range(first, first + count):
    a, b = adapters[2 * i], adapters[2 * i + 1]
    part = grad.narrow(1, start, b.size(0))
    start = start + b.size(0)
    seen = __torch__.Lora.masked(x, i, masks)
    low_grad = torch.mm(part, b) * scale
    torch.addmm_(grads[2 * i + 1], part.t(), torch.mm(seen, a.t()), beta=keep, alpha=scale)
    torch.addmm_(grads[2 * i], low_grad.t(), seen, beta=keep)
    torch.add_(x_grad, __torch__.Lora.masked(torch.mm(low_grad, a), i, masks))
  return x_grad
