#include "analysis/rollout.hpp"

#include <vector>

namespace trilens::analysis {
namespace {

// Row-major, double precision.
struct Matrix {
  std::size_t rows = 0, columns = 0;
  std::vector<double> cells;

  Matrix(std::size_t r, std::size_t c) : rows(r), columns(c), cells(r * c) {}
  static Matrix identity(std::size_t n) {
    Matrix m(n, n);
    for (std::size_t i = 0; i < n; ++i) m.cells[i * n + i] = 1;
    return m;
  }
  void store(std::span<float> out) const {
    for (std::size_t i = 0; i < cells.size(); ++i) out[i] = static_cast<float>(cells[i]);
  }
};

// attention [rows, inner] · reached [inner, columns]
Matrix product(const TensorView<float>& attention, const Matrix& reached) {
  const auto rows = static_cast<std::size_t>(attention.shape()[0]);
  Matrix out(rows, reached.columns);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t k = 0; k < reached.rows; ++k) {
      const double weight = attention[i * reached.rows + k];
      for (std::size_t j = 0; weight != 0 && j < reached.columns; ++j) out.cells[i * out.columns + j] += weight * reached.cells[k * out.columns + j];
    }
  }
  return out;
}

// One half stays, the other comes in.
void mix(Matrix& stays, const Matrix& comes) {
  for (std::size_t i = 0; i < stays.cells.size(); ++i) stays.cells[i] = 0.5 * stays.cells[i] + 0.5 * comes.cells[i];
}

Matrix matrix_of(const TensorView<float>& view) {
  Matrix m(static_cast<std::size_t>(view.shape()[0]), static_cast<std::size_t>(view.shape()[1]));
  for (std::size_t i = 0; i < view.size(); ++i) m.cells[i] = view[i];
  return m;
}

bool square(const Shape& s) { return s.size() == 3 && s[0] > 0 && s[1] > 0 && s[1] == s[2]; }

}  // namespace

Result<Tensor> rollout(const TensorView<float>& means) {
  const Shape& s = means.shape();
  if (!square(s)) return fail(ErrorCode::invalid_argument, "Rollout needs self-attention [layer, position, position]; this has the shape " + shape_text(s) + ".");
  Tensor out = Tensor::f32(s);
  const std::size_t size = means.size() / static_cast<std::size_t>(s[0]);
  Matrix reached = Matrix::identity(static_cast<std::size_t>(s[1]));
  for (std::size_t layer = 0; layer < static_cast<std::size_t>(s[0]); ++layer) {
    mix(reached, product(means.outer(layer), reached));
    reached.store(out.data<float>().subspan(layer * size, size));
  }
  return out;
}

Result<DecoderRollout> decoder_rollout(const TensorView<float>& encoder, const TensorView<float>& self, const TensorView<float>& cross) {
  const Shape &e = encoder.shape(), &s = self.shape(), &c = cross.shape();
  const bool fits = e.size() == 2 && e[0] == e[1] && square(s) && c.size() == 3 && c[0] == s[0] && c[1] == s[1] && c[2] == e[0];
  if (!fits) {
    return fail(ErrorCode::invalid_argument, "Rollout through cross-attention needs shapes that fit each other; these are " + shape_text(e) + ", " +
                                                 shape_text(s) + " and " + shape_text(c) + ".");
  }
  DecoderRollout out{Tensor::f32(s), Tensor::f32(c)};
  const Matrix read = matrix_of(encoder);
  Matrix written = Matrix::identity(static_cast<std::size_t>(s[1])), text(static_cast<std::size_t>(c[1]), static_cast<std::size_t>(c[2]));
  for (std::size_t layer = 0; layer < static_cast<std::size_t>(s[0]); ++layer) {
    mix(written, product(self.outer(layer), written));
    mix(text, product(self.outer(layer), text));
    for (double& cell : written.cells) cell *= 0.5;
    mix(text, product(cross.outer(layer), read));
    written.store(out.written.data<float>().subspan(layer * written.cells.size(), written.cells.size()));
    text.store(out.text.data<float>().subspan(layer * text.cells.size(), text.cells.size()));
  }
  return out;
}

}  // namespace trilens::analysis
