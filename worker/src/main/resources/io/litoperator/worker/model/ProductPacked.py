# As Product, for weights that may be as Packing makes them.
def linear(x: Tensor, w: Tensor, bias: Optional[Tensor]) -> Tensor:
  if w.is_mkldnn:
    return ops.mkldnn._linear_pointwise(x, w, bias, "none", annotate(List[Optional[number]], []), "")
  return torch.linear(x, w, bias)
