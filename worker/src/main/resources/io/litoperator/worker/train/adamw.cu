// AdamW of bf16 values with fp32 masters and moments, in one passage over memory. Arithmetic is that of torch's
// fused kernel. A thread updates four elements.

#include "bf16.h"

struct alignas(8) Narrow { bf16 x[4]; };
struct alignas(16) Wide { float x[4]; };

// count: of elements, a multiple of four
// scale: of gradients; decay: 1 - learning rate * weight decay
// rate: learning rate by the first moment's bias correction; correction: root of the second one's
extern "C" __global__ void adamw(
    Narrow *values, const Narrow *gradients, Wide *masters, Wide *means, Wide *squares, long long count,
    float scale, float decay, float beta1, float beta2, float rate, float correction, float epsilon) {
  long long i = (long long) blockIdx.x * blockDim.x + threadIdx.x;
  if (4 * i >= count) return;
  Narrow gradient = gradients[i], value;
  Wide master = masters[i], mean = means[i], square = squares[i];
  for (int k = 0; k < 4; k++) {
    float g = wide(gradient.x[k]) * scale;
    mean.x[k] += (g - mean.x[k]) * (1 - beta1);
    square.x[k] = beta2 * square.x[k] + (1 - beta2) * g * g;
    master.x[k] = master.x[k] * decay - rate * mean.x[k] / (sqrtf(square.x[k]) / correction + epsilon);
    value.x[k] = rounded(master.x[k]);
  }
  masters[i] = master, means[i] = mean, squares[i] = square, values[i] = value;
}
