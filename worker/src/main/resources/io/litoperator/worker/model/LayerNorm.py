# Rows less their mean, divided by their deviation, then scaled and shifted; x (rows, hidden).

def forward(x: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
  return torch.layer_norm(x, [x.size(1)], weight, bias, epsilon, False)

# Gradient of x; adds those of weight and bias to keep times what grads, if there are any, hold.
def backward(x: Tensor, grad: Tensor, weight: Tensor, bias: Tensor, grads: List[Tensor], keep: float, epsilon: float) -> Tensor:
  out, mean, scale, = torch.native_layer_norm(x, [x.size(1)], weight, bias, epsilon)
  x_grad, weight_grad, bias_grad, = torch.native_layer_norm_backward(
    grad, x, [x.size(1)], mean, scale, weight, bias, annotate(List[bool], [True, True, True]))
  if len(grads) > 0:
    torch.add_(torch.mul_(grads[0], keep), weight_grad)
    torch.add_(torch.mul_(grads[1], keep), bias_grad)
  return x_grad
