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
    patches = self.patches(torch.to(torch.detach(pixels), weights[0].dtype))
    if self.class_token:
      embedded = torch.linear(patches, weights[1].flatten(1))
      first = weights[0].view([1, 1, -1]).expand([pixels.size(0), 1, -1])
      x = torch.cat([first, embedded], 1) + weights[2]
      return torch.layer_norm(x, [x.size(2)], weights[3], weights[4], self.epsilon, False)
    return torch.linear(patches, weights[0].flatten(1), weights[1]) + weights[2]

  # (pictures, patches, 3 * patch * patch): a convolution whose windows do not overlap is a matrix product
  def patches(self, pixels: Tensor) -> Tensor:
    side = pixels.size(2) // self.patch
    whole = pixels.narrow(2, 0, side * self.patch).narrow(3, 0, side * self.patch)
    cut = whole.reshape([pixels.size(0), 3, side, self.patch, side, self.patch])
    return cut.permute([0, 2, 4, 1, 3, 5]).reshape([pixels.size(0), side * side, 3 * self.patch * self.patch])
