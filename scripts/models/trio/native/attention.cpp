// Softmax attention over short sequences, and its gradient.
#include <sys/syscall.h>
#include <unistd.h>

#include "common.hpp"

namespace {

const int LONGEST = 256;  // tokens of a sequence, at most
const int HEAD = 64;      // width of a head, at most

// c [m, n] f32 = a [m, k] * b [k, n], b in pairs: small products of attention. m, n, k: multiples of 32.
void product(float* c, int ldc, const bf16* a, int lda, const uint32_t* b, int ldb, int m, int n, int k) {
  for (int i = 0; i < m; i += 32)
    for (int j = 0; j < n; j += 32) {
      _tile_zero(0);
      _tile_zero(1);
      _tile_zero(2);
      _tile_zero(3);
      multiply({(const char*)(a + (long)i * lda), lda * 2L, 64, 32L * lda},
               {(const char*)(b + j), ldb * 4L, 64L * ldb, 64}, k / 32);
      float* out = c + (long)i * ldc + j;
      _tile_stored(0, out, ldc * 4L);
      _tile_stored(1, out + 16, ldc * 4L);
      _tile_stored(2, out + 16L * ldc, ldc * 4L);
      _tile_stored(3, out + 16L * ldc + 16, ldc * 4L);
    }
  asm volatile("" ::: "memory");
}

// Rows [rows, columns] into pairs of rows [rows / 2, columns].
void pair_rows(uint32_t* out, int ldo, const bf16* x, int ldx, int rows, int columns) {
  for (int i = 0; i < rows; i += 2)
    for (int j = 0; j < columns; j += 16)
      _mm512_storeu_si512(out + (i / 2) * (long)ldo + j, pair(x + (long)i * ldx + j, x + (long)(i + 1) * ldx + j));
}

// Rows [rows, columns] as the transposed right operand: pairs of columns [columns / 2, rows].
void pair_columns(uint32_t* out, int ldo, const bf16* x, int ldx, int rows, int columns) {
  __m512i r[16];
  for (int i = 0; i < rows; i += 16)
    for (int j = 0; j < columns; j += 32) {
      for (int k = 0; k < 16; ++k) r[k] = _mm512_loadu_si512(x + (long)(i + k) * ldx + j);
      transpose(r);
      for (int k = 0; k < 16; ++k) _mm512_storeu_si512(out + (long)(j / 2 + k) * ldo + i, r[k]);
    }
}

// out [columns, rows] = x [rows, columns], transposed; rows: multiple of 32, columns: of 16.
void turn(bf16* out, int ldo, const bf16* x, int ldx, int rows, int columns) {
  __m512i r[16];
  for (int i = 0; i < rows; i += 32)
    for (int j = 0; j < columns; j += 16) {
      for (int k = 0; k < 16; ++k)
        r[k] = pair(x + (long)(i + 2 * k) * ldx + j, x + (long)(i + 2 * k + 1) * ldx + j);
      transpose(r);
      for (int k = 0; k < 16; ++k) _mm512_storeu_si512(out + (long)(j + k) * ldo + i, r[k]);
    }
}

inline int up(int n, int step) { return (n + step - 1) / step * step; }

void copy_head(bf16* out, const bf16* x, long stride, int length, int padded, int width) {
  for (int i = 0; i < padded; ++i) {
    bf16* row = out + i * HEAD;
    if (i < length) {
      std::memcpy(row, x + i * stride, width * 2);
      if (width < HEAD) std::memset(row + width, 0, (HEAD - width) * 2);
    } else {
      std::memset(row, 0, HEAD * 2);
    }
  }
}

void put_head(bf16* out, long stride, const float* x, int length, int width) {
  for (int i = 0; i < length; ++i)
    for (int j = 0; j < width; j += 16) store(out + i * stride + j, load(x + i * HEAD + j));
}

// One attention's sizes, as kernels.py fills them in. Rows of q and of the results are `stride`s apart.
struct Shape {
  int64_t batch, heads, queries, keys, width, causal;
  int64_t q_stride, k_stride, v_stride, o_stride;
  double scale;
};

struct Room {
  alignas(64) bf16 q[LONGEST * HEAD], k[LONGEST * HEAD], v[LONGEST * HEAD], d[LONGEST * HEAD];
  alignas(64) bf16 p[LONGEST * LONGEST], s[LONGEST * LONGEST], turned[LONGEST * LONGEST];
  alignas(64) uint32_t pairs[LONGEST * LONGEST / 2];
  alignas(64) float scores[LONGEST * LONGEST], more[LONGEST * LONGEST], wide[LONGEST * HEAD];
};
thread_local Room room;

// Probabilities (bf16, zero where padded) of room.q and room.k; returns log-sum-exp in `lse` unless it is given.
void probabilities(const Shape& s, const float* bias, int known, float* lse, bool given) {
  const int m = up(s.queries, 32), n = up(s.keys, 32);
  pair_columns(room.pairs, n, room.k, HEAD, n, HEAD);
  product(room.scores, n, room.q, HEAD, room.pairs, n, m, n, HEAD);
  for (int i = 0; i < m; ++i) {
    bf16* out = room.p + i * n;
    if (i >= s.queries) {
      std::memset(out, 0, n * 2);
      continue;
    }
    float* row = room.scores + i * n;
    const int real = s.causal ? std::min(known, i + 1) : known;
    const __m512 scale = _mm512_set1_ps((float)s.scale), lowest = _mm512_set1_ps(-1e30f);
    __m512 top = lowest;
    for (int j = 0; j < n; j += 16) {
      const int left = real - j;
      const __mmask16 mask = left >= 16 ? 0xffff : left <= 0 ? 0 : (1 << left) - 1;
      __m512 x = _mm512_mul_ps(load(row + j), scale);
      if (bias) x = _mm512_add_ps(x, _mm512_maskz_loadu_ps(mask, bias + i * s.keys + j));
      x = _mm512_mask_mov_ps(lowest, mask, x);
      top = _mm512_max_ps(top, x);
      store(row + j, x);
    }
    if (!given) {
      const __m512 highest = _mm512_set1_ps(_mm512_reduce_max_ps(top));
      __m512 sum = _mm512_setzero_ps();
      for (int j = 0; j < real; j += 16) {
        const __m512 x = exp16(_mm512_sub_ps(load(row + j), highest));
        sum = _mm512_mask_add_ps(sum, real - j >= 16 ? 0xffff : (1 << (real - j)) - 1, sum, x);
      }
      lse[i] = _mm512_cvtss_f32(highest) + std::log(_mm512_reduce_add_ps(sum));
    }
    const __m512 total = _mm512_set1_ps(lse[i]);
    for (int j = 0; j < n; j += 16) {
      const int left = real - j;
      const __mmask16 mask = left >= 16 ? 0xffff : left <= 0 ? 0 : (1 << left) - 1;
      store(out + j, _mm512_maskz_mov_ps(mask, exp16(_mm512_sub_ps(load(row + j), total))));
    }
  }
}

}  // namespace

extern "C" {

int kernels_start() {
  return syscall(SYS_arch_prctl, 0x1023 /* ARCH_REQ_XCOMP_PERM */, 18 /* tile data */) == 0;
}

// out [batch * queries, heads * width] and lse [batch, heads, queries]; bias [heads, queries, keys] or null; lengths
// [batch] (real keys) or null.
void attention_forward(const Shape* shape, const bf16* q, const bf16* k, const bf16* v, const float* bias,
                       const int64_t* lengths, bf16* out, float* lse) {
  const Shape s = *shape;
  const int m = up(s.queries, 32), n = up(s.keys, 32);
  Tiles tiles;
  for (long b = 0; b < s.batch; ++b)
    for (long h = 0; h < s.heads; ++h) {
      copy_head(room.q, q + b * s.queries * s.q_stride + h * s.width, s.q_stride, s.queries, m, s.width);
      copy_head(room.k, k + b * s.keys * s.k_stride + h * s.width, s.k_stride, s.keys, n, s.width);
      copy_head(room.v, v + b * s.keys * s.v_stride + h * s.width, s.v_stride, s.keys, n, s.width);
      probabilities(s, bias ? bias + h * s.queries * s.keys : nullptr, lengths ? lengths[b] : s.keys,
                    lse + (b * s.heads + h) * s.queries, false);
      pair_rows(room.pairs, HEAD, room.v, HEAD, n, HEAD);
      product(room.wide, HEAD, room.p, n, room.pairs, HEAD, m, HEAD, n);
      put_head(out + b * s.queries * s.o_stride + h * s.width, s.o_stride, room.wide, s.queries, s.width);
    }
}

// dq, dk, dv have the strides of q, k, v; dbias is added to.
void attention_backward(const Shape* shape, const bf16* q, const bf16* k, const bf16* v, const float* bias,
                        const int64_t* lengths, const bf16* out, float* lse, const bf16* dout, bf16* dq, bf16* dk,
                        bf16* dv, float* dbias) {
  const Shape s = *shape;
  const int m = up(s.queries, 32), n = up(s.keys, 32);
  Tiles tiles;
  for (long b = 0; b < s.batch; ++b)
    for (long h = 0; h < s.heads; ++h) {
      const long at_q = b * s.queries * s.q_stride + h * s.width, at_k = b * s.keys * s.k_stride + h * s.width;
      const long at_v = b * s.keys * s.v_stride + h * s.width, at_o = b * s.queries * s.o_stride + h * s.width;
      copy_head(room.q, q + at_q, s.q_stride, s.queries, m, s.width);
      copy_head(room.k, k + at_k, s.k_stride, s.keys, n, s.width);
      copy_head(room.v, v + at_v, s.v_stride, s.keys, n, s.width);
      copy_head(room.d, dout + at_o, s.o_stride, s.queries, m, s.width);
      probabilities(s, bias ? bias + h * s.queries * s.keys : nullptr, lengths ? lengths[b] : s.keys,
                    lse + (b * s.heads + h) * s.queries, true);
      pair_columns(room.pairs, n, room.v, HEAD, n, HEAD);
      product(room.more, n, room.d, HEAD, room.pairs, n, m, n, HEAD);
      const __m512 scale = _mm512_set1_ps((float)s.scale);
      for (int i = 0; i < m; ++i) {
        if (i >= s.queries) {
          std::memset(room.s + i * n, 0, n * 2);
          continue;
        }
        __m512 sum = _mm512_setzero_ps();
        for (int j = 0; j < s.width; j += 16)
          sum = _mm512_fmadd_ps(load(out + at_o + i * s.o_stride + j), load(room.d + i * HEAD + j), sum);
        const __m512 delta = _mm512_set1_ps(_mm512_reduce_add_ps(sum));
        for (int j = 0; j < n; j += 16) {
          const __m512 x = _mm512_mul_ps(load(room.p + i * n + j), _mm512_sub_ps(load(room.more + i * n + j), delta));
          if (dbias && j < s.keys) {
            const int left = s.keys - j;
            const __mmask16 mask = left >= 16 ? 0xffff : (1 << left) - 1;
            float* place = dbias + (h * s.queries + i) * s.keys + j;
            _mm512_mask_storeu_ps(place, mask, _mm512_add_ps(_mm512_maskz_loadu_ps(mask, place), x));
          }
          store(room.s + i * n + j, _mm512_mul_ps(x, scale));
        }
      }
      pair_rows(room.pairs, HEAD, room.k, HEAD, n, HEAD);
      product(room.wide, HEAD, room.s, n, room.pairs, HEAD, m, HEAD, n);
      put_head(dq + at_q, s.q_stride, room.wide, s.queries, s.width);
      turn(room.turned, m, room.s, n, m, n);
      pair_rows(room.pairs, HEAD, room.q, HEAD, m, HEAD);
      product(room.wide, HEAD, room.turned, m, room.pairs, HEAD, n, HEAD, m);
      put_head(dk + at_k, s.k_stride, room.wide, s.keys, s.width);
      turn(room.turned, m, room.p, n, m, n);
      pair_rows(room.pairs, HEAD, room.d, HEAD, m, HEAD);
      product(room.wide, HEAD, room.turned, m, room.pairs, HEAD, n, HEAD, m);
      put_head(dv + at_v, s.v_stride, room.wide, s.keys, s.width);
    }
}

}  // extern "C"
