// Attention.rotate for bf16, in one passage over memory. A thread turns eight pairs.

#include "bf16.h"

struct alignas(16) Eight { bf16 x[8]; };

// qkv (tokens, row): of each, the first heads of size elements turn, of these the first 2 half
// cosines, sines (tokens, half); half is a multiple of eight, size and row of them too
// count: of threads; sign: -1 to turn back
extern "C" __global__ void rotate(
    bf16 *qkv, const bf16 *cosines, const bf16 *sines, unsigned count, int row, int heads, int size, int half, float sign) {
  unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= count) return;
  unsigned parts = half / 8, part = i % parts * 8, head = i / parts % heads, token = i / parts / heads;
  Eight *at = (Eight *) (qkv + (long long) token * row + head * size + part);
  Eight *beside = at + parts;
  Eight a = *at, b = *beside;
  Eight cosine = *(const Eight *) (cosines + (long long) token * half + part);
  Eight sine = *(const Eight *) (sines + (long long) token * half + part);
  for (int k = 0; k < 8; k++) {
    float x = wide(a.x[k]), y = wide(b.x[k]), c = wide(cosine.x[k]), s = wide(sine.x[k]) * sign;
    a.x[k] = rounded(x * c - y * s);
    b.x[k] = rounded(y * c + x * s);
  }
  *at = a, *beside = b;
}
