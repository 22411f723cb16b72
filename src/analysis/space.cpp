#include "analysis/space.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>

namespace trilens::analysis {
namespace {

struct Size {
  std::size_t items = 0, width = 0;
};

Size checked(const TensorView<float>& points) {
  if (points.shape().size() != 2) std::abort();
  return {static_cast<std::size_t>(points.shape()[0]), static_cast<std::size_t>(points.shape()[1])};
}

// One rotation that makes a[p, q] zero; v collects them all.
void rotate(std::vector<double>& a, std::vector<double>& v, std::size_t n, std::size_t p, std::size_t q) {
  const double apq = a[p * n + q];
  if (apq == 0) return;
  const double theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
  const double t = (theta >= 0 ? 1.0 : -1.0) / (std::abs(theta) + std::sqrt(theta * theta + 1));
  const double c = 1 / std::sqrt(t * t + 1), s = t * c;
  for (std::size_t k = 0; k < n; ++k) {
    const double kp = a[k * n + p], kq = a[k * n + q];
    a[k * n + p] = c * kp - s * kq;
    a[k * n + q] = s * kp + c * kq;
  }
  for (std::size_t k = 0; k < n; ++k) {
    const double pk = a[p * n + k], qk = a[q * n + k];
    a[p * n + k] = c * pk - s * qk;
    a[q * n + k] = s * pk + c * qk;
    const double kp = v[k * n + p], kq = v[k * n + q];
    v[k * n + p] = c * kp - s * kq;
    v[k * n + q] = s * kp + c * kq;
  }
}

double off_diagonal(const std::vector<double>& a, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n * n; ++i) sum += i / n == i % n ? 0 : a[i] * a[i];
  return sum;
}

// Centred inner products: what the covariance is to few dimensions, this is to few items.
std::vector<double> gram(const TensorView<float>& points, Size size) {
  const auto [n, width] = size;
  std::vector<double> mean(width, 0.0), centred(n * width), out(n * n);
  for (std::size_t i = 0; i < n * width; ++i) mean[i % width] += double{points[i]} / static_cast<double>(n);
  for (std::size_t i = 0; i < n * width; ++i) centred[i] = double{points[i]} - mean[i % width];
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = 0;
      for (std::size_t d = 0; d < width; ++d) sum += centred[i * width + d] * centred[j * width + d];
      out[i * n + j] = out[j * n + i] = sum;
    }
  }
  return out;
}

// The item furthest out along this axis stands on its positive side.
void fix_sign(std::vector<double>& axis) {
  std::size_t furthest = 0;
  for (std::size_t i = 1; i < axis.size(); ++i) {
    if (std::abs(axis[i]) > std::abs(axis[furthest]) + 1e-9) furthest = i;
  }
  if (axis.empty() || axis[furthest] >= 0) return;
  for (double& value : axis) value = -value;
}

}  // namespace

Tensor unit_length(const TensorView<float>& points) {
  const auto [n, width] = checked(points);
  Tensor out = Tensor::f32(points.shape());
  const std::span<float> values = out.data<float>();
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0;
    for (std::size_t d = 0; d < width; ++d) sum += double{points[i * width + d]} * double{points[i * width + d]};
    const double length = std::sqrt(sum);
    for (std::size_t d = 0; d < width; ++d) values[i * width + d] = length > 0 ? static_cast<float>(double{points[i * width + d]} / length) : 0.0F;
  }
  return out;
}

std::vector<double> squared_distances(const TensorView<float>& points) {
  const auto [n, width] = checked(points);
  std::vector<double> out(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      double sum = 0;
      for (std::size_t d = 0; d < width; ++d) {
        const double gap = double{points[i * width + d]} - double{points[j * width + d]};
        sum += gap * gap;
      }
      out[i * n + j] = out[j * n + i] = sum;
    }
  }
  return out;
}

Eigen symmetric_eigen(std::vector<double> a, std::size_t n) {
  std::vector<double> v(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) v[i * n + i] = 1;
  const double start = off_diagonal(a, n);
  for (int sweep = 0; sweep < 60 && off_diagonal(a, n) > start * 1e-28; ++sweep) {
    for (std::size_t p = 0; p + 1 < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) rotate(a, v, n, p, q);
    }
  }
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t i, std::size_t j) { return a[i * n + i] > a[j * n + j]; });
  Eigen out;
  for (const std::size_t k : order) {
    out.values.push_back(a[k * n + k]);
    std::vector<double>& vector = out.vectors.emplace_back(n);
    for (std::size_t i = 0; i < n; ++i) vector[i] = v[i * n + k];
  }
  return out;
}

Plane principal_components(const TensorView<float>& points) {
  const Size size = checked(points);
  const std::size_t n = size.items;
  const Eigen eigen = symmetric_eigen(gram(points, size), n);
  double variance = 0;
  for (const double value : eigen.values) variance += std::max(0.0, value);
  Plane out{.x = std::vector<double>(n, 0.0), .y = std::vector<double>(n, 0.0), .explained = {0, 0}};
  // Below this it is rounding: all points are one, or on a line.
  const double least = 1e-12 * static_cast<double>(n);
  for (std::size_t k = 0; k < std::min<std::size_t>(2, n); ++k) {
    if (eigen.values[k] <= least) continue;
    std::vector<double>& axis = k == 0 ? out.x : out.y;
    for (std::size_t i = 0; i < n; ++i) axis[i] = eigen.vectors[k][i] * std::sqrt(eigen.values[k]);
    fix_sign(axis);
    out.explained[k] = eigen.values[k] / variance;
  }
  return out;
}

}  // namespace trilens::analysis
