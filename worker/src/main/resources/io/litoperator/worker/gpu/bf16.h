// Numbers of the upper half of a float's bits.
typedef unsigned short bf16;

__device__ float wide(bf16 x) { return __uint_as_float((unsigned) x << 16); }

__device__ bf16 rounded(float x) {
  bf16 nearest;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(nearest) : "f"(x));
  return nearest;
}
