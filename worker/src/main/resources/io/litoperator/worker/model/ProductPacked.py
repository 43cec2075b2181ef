# As Product, by oneDNN, whose fp32 kernels are twice as fast as MKL's on AMD's processors, and which
# takes weights as Packing makes them. Autograd has no derivative of it. Which of the two multiplies
# depends on nothing that checkpointing or sharding changes: all settings end in the same bits.
def linear(x: Tensor, w: Tensor, bias: Optional[Tensor]) -> Tensor:
  if w.is_mkldnn:
    return __torch__.Product.multiply(x, w, bias)
  return torch.linear(x, w, bias)

def product(x: Tensor, w: Tensor, bias: Optional[Tensor]) -> Tensor:
  if __torch__.Product.suits(x):
    return __torch__.Product.multiply(x, w, bias)
  return torch.linear(x, w, bias)

def input_gradient(grad: Tensor, w: Tensor) -> Tensor:
  if __torch__.Product.suits(grad):
    return __torch__.Product.multiply(grad, w.t(), None)
  return torch.mm(grad, w)

# The kernels add to nothing: of a large matrix, pieces are made and put in place while the cache has them,
# where a product with a whole vocabulary would take as much memory again and twice the time.
def add_weight_gradient(into: Tensor, grad: Tensor, x: Tensor, keep: float):
  if __torch__.Product.suits(grad):
    most = max(1, 2097152 // into.size(1))
    for i in range((into.size(0) + most - 1) // most):
      rows = min(most, into.size(0) - i * most)
      gradient = __torch__.Product.multiply(torch.contiguous(grad.narrow(1, i * most, rows)).t(), x.t(), None)
      piece = into.narrow(0, i * most, rows)
      if keep == 0.0:
        torch.copy_(piece, gradient)
      else:
        torch.add_(torch.mul_(piece, keep), gradient)
  else:
    torch.addmm_(into, grad.t(), x, beta=keep)

# fp32, and not empty.
def suits(x: Tensor) -> bool:
  return x.dtype == 6 and x.numel() > 0

def multiply(x: Tensor, w: Tensor, bias: Optional[Tensor]) -> Tensor:
  return ops.mkldnn._linear_pointwise(x, w, bias, "none", annotate(List[Optional[number]], []), "")
