class VisionLayer(Module):
  # CLIP and SigLIP: pre-norm, full attention, two-layer MLP.
  __parameters__ = []
  __buffers__ = []
  training : bool
  heads : int
  epsilon : float
  activation : str

  # x (pictures, positions, hidden)
  # weights: norm 1, its bias, qkv, its bias, output, its bias, norm 2, its bias, MLP in, its bias, MLP out, its bias
  def forward(self, x: Tensor, weights: List[Tensor]) -> Tensor:
    hidden = x.size(2)
    normed = torch.layer_norm(x, [hidden], weights[0], weights[1], self.epsilon, False)
    qkv = __torch__.Product.linear(normed, weights[2], weights[3])
    q, k, v, = torch.unbind(qkv.view([x.size(0), x.size(1), 3, self.heads, hidden // self.heads]).permute([2, 0, 3, 1, 4]), 0)
    attended = torch.scaled_dot_product_attention(q, k, v, None, 0.0, False).transpose(1, 2).reshape(x.size())
    y = torch.add_(__torch__.Product.linear(attended, weights[4], weights[5]), x)
    normed = torch.layer_norm(y, [hidden], weights[6], weights[7], self.epsilon, False)
    inner = self.activate(__torch__.Product.linear(normed, weights[8], weights[9]))
    return torch.add_(__torch__.Product.linear(inner, weights[10], weights[11]), y)

  def activate(self, x: Tensor) -> Tensor:
    if self.activation == "quick_gelu":
      if x.requires_grad:
        return x * torch.sigmoid(1.702 * x)
      return torch.mul_(torch.sigmoid_(1.702 * x), x)
    elif self.activation == "gelu_pytorch_tanh":
      return torch.gelu(x, approximate="tanh")
    return torch.gelu(x)
