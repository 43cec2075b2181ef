class Memory(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  device : str
  # Whether the device is another than the host's memory, so that copies go from page-locked memory.
  remote : bool

  def empty(self, shape: List[int], dtype: int) -> Tensor:
    return torch.empty(shape, dtype=dtype, device=torch.device(self.device))

  def zeros(self, shape: List[int], dtype: int) -> Tensor:
    return torch.zeros(shape, dtype=dtype, device=torch.device(self.device))

  def host(self, shape: List[int], dtype: int) -> Tensor:
    return torch.empty(shape, dtype=dtype, device=torch.device("cpu"), pin_memory=self.remote)

  # The caller may drop x at once: torch keeps page-locked memory until it is read.
  def upload(self, x: Tensor) -> Tensor:
    if self.remote:
      return torch.to(x, torch.device(self.device), x.dtype, True)
    return x

  def copy(self, into: Tensor, x: Tensor):
    torch.copy_(into, x, self.remote and into.is_cuda)

  # Returns when the elements are there.
  def download(self, x: Tensor, dtype: int) -> Tensor:
    return torch.contiguous(torch.to(x, torch.device("cpu"), dtype))

  # As download, in memory of its own.
  def host_copy(self, x: Tensor, dtype: int) -> Tensor:
    return torch.to(x, torch.device("cpu"), dtype, False, True)

  def cast(self, x: Tensor, dtype: int) -> Tensor:
    return torch.to(x, dtype)
