class VisionEmbeddings(Module):
  # CLIP: patches without bias, a class token first, positions, a norm.
  # SigLIP: patches with bias, positions.
  __parameters__ = []
  __buffers__ = []
  training : bool
  patch : int
  class_token : bool
  epsilon : float

  # pixels (pictures, 3, side, side) -> (pictures, positions, hidden); pixels beyond the last whole patch are left out
  # weights, CLIP: class token, patch, position, norm, norm bias; SigLIP: patch, patch bias, position
  def forward(self, pixels: Tensor, weights: List[Tensor]) -> Tensor:
    if self.class_token:
      patches = torch.conv2d(pixels, weights[1], None, [self.patch, self.patch]).flatten(2, -1).transpose(1, 2)
      first = weights[0].view([1, 1, -1]).expand([pixels.size(0), 1, -1])
      x = torch.cat([first, patches], 1) + weights[2]
      return torch.layer_norm(x, [x.size(2)], weights[3], weights[4], self.epsilon, False)
    return torch.conv2d(pixels, weights[0], weights[1], [self.patch, self.patch]).flatten(2, -1).transpose(1, 2) + weights[2]
