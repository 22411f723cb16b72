// What is done row by row: norms, activations, cross-entropy, embeddings.
#include "common.hpp"

namespace {

// sum = x + y (kept if `sum` is given), h = its norm, with what the way back needs.
template <typename T>
void norm_forward(const T* x, const bf16* y, const float* gain, const float* shift, float* sum, bf16* h, bf16* unit,
                  float* rates, long tokens, long width, float epsilon) {
  alignas(64) float row[2048];
  for (long t = 0; t < tokens; ++t) {
    __m512 total = _mm512_setzero_ps(), squares = _mm512_setzero_ps();
    for (long j = 0; j < width; j += 16) {
      __m512 v = load(x + t * width + j);
      if (y) v = _mm512_add_ps(v, load(y + t * width + j));
      if (sum) store(sum + t * width + j, v);
      store(row + j, v);
      total = _mm512_add_ps(total, v);
    }
    // T5's norm has no shift, and no mean.
    const __m512 mean = _mm512_set1_ps(shift ? _mm512_reduce_add_ps(total) / width : 0.f);
    for (long j = 0; j < width; j += 16) {
      const __m512 v = _mm512_sub_ps(load(row + j), mean);
      squares = _mm512_fmadd_ps(v, v, squares);
    }
    rates[t] = 1.f / std::sqrt(_mm512_reduce_add_ps(squares) / width + epsilon);
    const __m512 rate = _mm512_set1_ps(rates[t]);
    for (long j = 0; j < width; j += 16) {
      const __m512 v = _mm512_mul_ps(_mm512_sub_ps(load(row + j), mean), rate);
      store(unit + t * width + j, v);
      const __m512 scaled = _mm512_mul_ps(v, load(gain + j));
      store(h + t * width + j, shift ? _mm512_add_ps(scaled, load(shift + j)) : scaled);
    }
  }
}

}  // namespace

extern "C" {

void norm_forward_f32(const float* x, const bf16* y, const float* gain, const float* shift, float* sum, bf16* h,
                      bf16* unit, float* rates, long tokens, long width, float epsilon) {
  norm_forward(x, y, gain, shift, sum, h, unit, rates, tokens, width, epsilon);
}
void norm_forward_bf16(const bf16* x, const bf16* y, const float* gain, const float* shift, float* sum, bf16* h,
                       bf16* unit, float* rates, long tokens, long width, float epsilon) {
  norm_forward(x, y, gain, shift, sum, h, unit, rates, tokens, width, epsilon);
}

// dsum (f32, may be null) is what the sum receives elsewhere; dx (f32, may be null) and dy are the sum's gradient.
void norm_backward(const bf16* dh, const float* dsum, const bf16* unit, const float* rates, const float* gain,
                   float* dgain, float* dshift, float* dx, bf16* dy, long tokens, long width) {
  alignas(64) float row[2048];
  for (long t = 0; t < tokens; ++t) {
    __m512 total = _mm512_setzero_ps(), along = _mm512_setzero_ps();
    for (long j = 0; j < width; j += 16) {
      const __m512 d = load(dh + t * width + j), u = load(unit + t * width + j);
      store(dgain + j, _mm512_fmadd_ps(d, u, load(dgain + j)));
      if (dshift) store(dshift + j, _mm512_add_ps(load(dshift + j), d));
      const __m512 v = _mm512_mul_ps(d, load(gain + j));
      store(row + j, v);
      total = _mm512_add_ps(total, v);
      along = _mm512_fmadd_ps(v, u, along);
    }
    const __m512 mean = _mm512_set1_ps(dshift ? _mm512_reduce_add_ps(total) / width : 0.f);
    const __m512 part = _mm512_set1_ps(_mm512_reduce_add_ps(along) / width), rate = _mm512_set1_ps(rates[t]);
    for (long j = 0; j < width; j += 16) {
      __m512 v = _mm512_sub_ps(load(row + j), mean);
      v = _mm512_mul_ps(_mm512_fnmadd_ps(load(unit + t * width + j), part, v), rate);
      if (dsum) v = _mm512_add_ps(v, load(dsum + t * width + j));
      if (dx) store(dx + t * width + j, v);
      store(dy + t * width + j, v);
    }
  }
}

// kind 0: exact GELU (erf to 1.5e-7), 1: GPT-2's (tanh), 2: ReLU. Its slope takes the place of x.
void activation(bf16* x, bf16* out, long count, int kind) {
  const __m512 one = _mm512_set1_ps(1.f), zero = _mm512_setzero_ps();
  for (long i = 0; i < count; i += 16) {
    const __m512 v = load(x + i);
    __m512 y, slope;
    if (kind == 2) {
      y = _mm512_max_ps(v, zero);
      slope = _mm512_mask_mov_ps(zero, _mm512_cmp_ps_mask(v, zero, _CMP_GT_OQ), one);
    } else if (kind == 1) {
      const __m512 square = _mm512_mul_ps(v, v), c = _mm512_set1_ps(1.5957691216f);
      const __m512 u = _mm512_mul_ps(_mm512_mul_ps(c, v), _mm512_fmadd_ps(square, _mm512_set1_ps(0.044715f), one));
      const __m512 s = _mm512_div_ps(one, _mm512_add_ps(one, exp16(_mm512_sub_ps(zero, u))));
      y = _mm512_mul_ps(v, s);
      const __m512 inner = _mm512_mul_ps(c, _mm512_fmadd_ps(square, _mm512_set1_ps(3 * 0.044715f), one));
      slope = _mm512_fmadd_ps(_mm512_mul_ps(y, _mm512_sub_ps(one, s)), inner, s);
    } else {
      const __m512 a = _mm512_abs_ps(_mm512_mul_ps(v, _mm512_set1_ps(0.70710678f)));
      const __m512 t = _mm512_div_ps(one, _mm512_fmadd_ps(a, _mm512_set1_ps(0.3275911f), one));
      const __m512 e = exp16(_mm512_sub_ps(zero, _mm512_mul_ps(a, a)));
      __m512 p = _mm512_set1_ps(1.061405429f);
      p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(-1.453152027f));
      p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(1.421413741f));
      p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(-0.284496736f));
      p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(0.254829592f));
      const __m512 rest = _mm512_mul_ps(_mm512_mul_ps(_mm512_mul_ps(p, t), e), _mm512_set1_ps(0.5f));
      const __m512 phi = _mm512_mask_sub_ps(rest, _mm512_cmp_ps_mask(v, zero, _CMP_GE_OQ), one, rest);
      y = _mm512_mul_ps(v, phi);
      slope = _mm512_fmadd_ps(_mm512_mul_ps(v, e), _mm512_set1_ps(0.39894228f), phi);
    }
    store(out + i, y);
    store(x + i, slope);
  }
}

void activation_backward(bf16* d, const bf16* slope, long count) {
  for (long i = 0; i < count; i += 16) store(d + i, _mm512_mul_ps(load(d + i), load(slope + i)));
}

// Logits [rows, vocabulary] become their gradient times `share`; losses [rows]. Label -1: nothing is asked.
void cross_entropy(bf16* logits, const int64_t* labels, float* losses, long rows, long vocabulary, float share) {
  static thread_local float* row = (float*)aligned_alloc(64, 65536 * 4);
  for (long t = 0; t < rows; ++t) {
    bf16* x = logits + t * vocabulary;
    const long label = labels[t];
    losses[t] = 0;
    if (label < 0) {
      std::memset(x, 0, vocabulary * 2);
      continue;
    }
    __m512 top = _mm512_set1_ps(-1e30f), sum = _mm512_setzero_ps();
    for (long j = 0; j < vocabulary; j += 16) top = _mm512_max_ps(top, load(x + j));
    const __m512 highest = _mm512_set1_ps(_mm512_reduce_max_ps(top));
    const uint32_t wide = (uint32_t)x[label] << 16;
    float chosen;
    std::memcpy(&chosen, &wide, 4);
    chosen -= _mm512_cvtss_f32(highest);
    for (long j = 0; j < vocabulary; j += 16) {
      const __m512 e = exp16(_mm512_sub_ps(load(x + j), highest));
      sum = _mm512_add_ps(sum, e);
      store(row + j, e);
    }
    const float total = _mm512_reduce_add_ps(sum);
    losses[t] = std::log(total) - chosen;
    const __m512 factor = _mm512_set1_ps(share / total);
    row[label] -= total;
    for (long j = 0; j < vocabulary; j += 16) store(x + j, _mm512_mul_ps(load(row + j), factor));
  }
}

// out [tokens, width] f32 = words[ids] + positions[token % length] (positions may be null).
void embed(const float* words, const float* positions, const int64_t* ids, float* out, long tokens, long length,
           long width) {
  for (long t = 0; t < tokens; ++t)
    for (long j = 0; j < width; j += 16) {
      __m512 v = load(words + ids[t] * width + j);
      if (positions) v = _mm512_add_ps(v, load(positions + t % length * width + j));
      store(out + t * width + j, v);
    }
}

void embed_gradient(float* words, float* positions, const int64_t* ids, const float* d, long tokens, long length,
                    long width) {
  for (long t = 0; t < tokens; ++t)
    for (long j = 0; j < width; j += 16) {
      const __m512 v = load(d + t * width + j);
      store(words + ids[t] * width + j, _mm512_add_ps(load(words + ids[t] * width + j), v));
      if (positions) {
        float* place = positions + t % length * width + j;
        store(place, _mm512_add_ps(load(place), v));
      }
    }
}

}  // extern "C"
