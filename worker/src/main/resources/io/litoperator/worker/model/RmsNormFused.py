# As RmsNorm, by kernels for GPUs that libtorch has since 2.8, in one passage over memory each.

def forward(x: Tensor, weight: Tensor, epsilon: float) -> Tensor:
  out, scale, = torch._fused_rms_norm(x, [x.size(1)], weight, epsilon)
  return out

def backward(x: Tensor, grad: Tensor, weight: Tensor, weight_grad: Optional[Tensor], keep: float, epsilon: float) -> Tensor:
  scale = torch.rsqrt(torch.square(torch.linalg_vector_norm(x, 2, [1], True, dtype=6)) / x.size(1) + epsilon)
  x_grad, found, = torch._fused_rms_norm_backward(grad, x, [x.size(1)], scale, weight, annotate(List[bool], [True, True]))
  if weight_grad is not None:
    torch.add_(torch.mul_(weight_grad, keep), found)
  return x_grad
