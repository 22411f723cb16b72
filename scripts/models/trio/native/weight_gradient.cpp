// The gradient of a matrix: the product that oneDNN does at half the speed, added to f32 sums.
#include "common.hpp"

extern "C" {

// dw [outputs, inputs] f32 += g [tokens, outputs]^T * x [tokens, inputs], and db [outputs] += the sum of g (db may be
// null). tokens, outputs and inputs: multiples of 32.
void weight_gradient(float* dw, float* db, const bf16* g, const bf16* x, long tokens, long outputs, long inputs) {
  const long block = 256, strip = 512;
  static thread_local bf16* left = (bf16*)aligned_alloc(64, block * strip * 2);
  static thread_local uint32_t* right = (uint32_t*)aligned_alloc(64, block * 2048 * 2);
  Tiles tiles;
  for (long t = 0; t < tokens; t += block) {
    const long here = std::min(block, tokens - t), steps = here / 32;
    // Right tiles [inputs / 16][steps][16][16 pairs], left tiles [outputs / 16][steps][16][32].
    for (long j = 0; j < inputs; j += 16)
      for (long k = 0; k < here; k += 2)
        _mm512_store_si512(right + (j / 16 * steps * 16 + k / 2) * 16,
                           pair(x + (t + k) * inputs + j, x + (t + k + 1) * inputs + j));
    for (long o = 0; o < outputs; o += strip) {
      const long wide = std::min(strip, outputs - o);
      __m512i r[16];
      for (long k = 0; k < here; k += 32)
        for (long i = 0; i < wide; i += 16) {
          __m512 sum = _mm512_setzero_ps();
          for (int n = 0; n < 16; ++n) {
            const bf16* even = g + (t + k + 2 * n) * outputs + o + i;
            r[n] = pair(even, even + outputs);
            if (db) {
              sum = _mm512_add_ps(sum, _mm512_castsi512_ps(_mm512_slli_epi32(r[n], 16)));
              sum = _mm512_add_ps(sum, _mm512_castsi512_ps(_mm512_and_si512(r[n], _mm512_set1_epi32(0xffff0000))));
            }
          }
          if (db) store(db + o + i, _mm512_add_ps(load(db + o + i), sum));
          transpose(r);
          for (int n = 0; n < 16; ++n) _mm512_store_si512(left + ((i / 16 * steps + k / 32) * 16 + n) * 32, r[n]);
        }
      for (long i = 0; i < wide; i += 32)
        for (long j = 0; j < inputs; j += 32) {
          float* out = dw + (o + i) * inputs + j;
          const long row = inputs * 4;
          _tile_loadd(0, out, row);
          _tile_loadd(1, out + 16, row);
          _tile_loadd(2, out + 16 * inputs, row);
          _tile_loadd(3, out + 16 * inputs + 16, row);
          multiply({(const char*)(left + i * steps * 32), 64, 1024, steps * 1024},
                   {(const char*)(right + j * steps * 16), 64, 1024, steps * 1024}, steps);
          _tile_stored(0, out, row);
          _tile_stored(1, out + 16, row);
          _tile_stored(2, out + 16 * inputs, row);
          _tile_stored(3, out + 16 * inputs + 16, row);
        }
    }
  }
}

}  // extern "C"
