# Matrix products of x (rows, in) and w (out, in), which is transposed.

# What autograd may have to derive.
def linear(x: Tensor, w: Tensor, bias: Optional[Tensor]) -> Tensor:
  return torch.linear(x, w, bias)

# The same, where the derivatives are written out.
def product(x: Tensor, w: Tensor, bias: Optional[Tensor]) -> Tensor:
  return torch.linear(x, w, bias)

# Gradient of x, given that of the product.
def input_gradient(grad: Tensor, w: Tensor) -> Tensor:
  return torch.mm(grad, w)

# Adds the gradient of w to keep (0 or 1) times what into holds.
def add_weight_gradient(into: Tensor, grad: Tensor, x: Tensor, keep: float):
  torch.addmm_(into, grad.t(), x, beta=keep)
