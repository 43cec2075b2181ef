class TokenEmbedding(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # ids, text_rows (text tokens); features (image tokens, hidden); image_rows (image tokens); table (vocabulary, hidden)
  def merge(self, ids: Tensor, text_rows: Tensor, features: Tensor, image_rows: Tensor, table: Tensor) -> Tensor:
    x = table.new_empty([ids.size(0) + image_rows.size(0), table.size(1)])
    x.index_copy_(0, text_rows, table.index_select(0, ids))
    x.index_copy_(0, image_rows, features)
    return x

  def backward_text(self, x_grad: Tensor, ids: Tensor, text_rows: Tensor, table_grad: Tensor):
    rows = x_grad.index_select(0, text_rows)
    if rows.is_cuda:
      # In a fixed order, and with sums of equal words in fp32.
      torch.index_put_(table_grad, annotate(List[Optional[Tensor]], [ids]), rows, True)
    else:
      table_grad.index_add_(0, ids, rows)

  def backward_features(self, x_grad: Tensor, image_rows: Tensor) -> Tensor:
    return x_grad.index_select(0, image_rows)

  def rows(self, ids: Tensor, table: Tensor) -> Tensor:
    return table.index_select(0, ids)
