# Rows divided by their root mean square, then scaled by a weight (hidden); x (rows, hidden).
# Means are taken in fp32, whatever x is.

def scale(x: Tensor, epsilon: float) -> Tensor:
  squares = torch.square_(torch.linalg_vector_norm(x, 2, [1], True, dtype=6))
  return torch.rsqrt_(torch.add_(torch.div_(squares, x.size(1)), epsilon))

# Without a passage through a wider x.
def unit(x: Tensor, scale: Tensor) -> Tensor:
  return torch.mul(x, scale, out=torch.empty_like(x))

def forward(x: Tensor, weight: Tensor, epsilon: float) -> Tensor:
  return torch.mul_(__torch__.RmsNorm.unit(x, __torch__.RmsNorm.scale(x, epsilon)), weight)

# Gradient of x; adds that of the weight to keep times what weight_grad, if there is one, holds.
def backward(x: Tensor, grad: Tensor, weight: Tensor, weight_grad: Optional[Tensor], keep: float, epsilon: float) -> Tensor:
  scale = __torch__.RmsNorm.scale(x, epsilon)
  unit = __torch__.RmsNorm.unit(x, scale)
  product = grad * unit
  if weight_grad is not None:
    torch.add_(torch.mul_(weight_grad, keep), torch.sum(product, [0]))
  along = torch.unsqueeze(torch.mv(product, weight), 1) / x.size(1)
  return torch.mul_(torch.addcmul_(grad * weight, unit, along, value=-1), scale)
