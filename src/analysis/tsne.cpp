#include "analysis/tsne.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/random.hpp"

namespace trilens::analysis {
namespace {

constexpr double kExaggeration = 4;
constexpr std::int64_t kExaggerated = 50, kCalm = 250;
constexpr double kStart = 1e-4;      // spread of the first positions
constexpr double kLeast = 1e-300;    // under a logarithm

// Row i of the conditional probabilities for a precision; returns its entropy in nats.
double conditional(std::span<const double> distances, std::size_t i, double beta, std::span<double> row) {
  double nearest = HUGE_VAL, sum = 0, mean = 0;
  for (std::size_t j = 0; j < row.size(); ++j) nearest = j == i ? nearest : std::min(nearest, distances[j]);
  for (std::size_t j = 0; j < row.size(); ++j) {
    row[j] = j == i ? 0 : std::exp(-beta * (distances[j] - nearest));
    sum += row[j];
    mean += row[j] * (distances[j] - nearest);
  }
  for (double& value : row) value /= sum;
  return std::log(sum) + beta * mean / sum;
}

// The width at which the entropy is that of `perplexity` equal neighbours.
void fit_row(std::span<const double> distances, std::size_t i, double perplexity, std::span<double> row) {
  const double wanted = std::log(perplexity);
  double low = 0, high = HUGE_VAL, beta = 1;
  for (int round = 0; round < 200; ++round) {
    const double gap = conditional(distances, i, beta, row) - wanted;
    if (std::abs(gap) < 1e-10) return;
    (gap > 0 ? low : high) = beta;
    beta = std::isinf(high) ? beta * 2 : (low + high) / 2;
    if (beta > 1e15) return;  // neighbours at one distance: no width separates them
  }
}

}  // namespace

std::vector<double> neighbour_probabilities(std::span<const double> squared_distances, std::size_t n, double perplexity) {
  std::vector<double> rows(n * n, 0.0), p(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) fit_row(squared_distances.subspan(i * n, n), i, perplexity, std::span(rows).subspan(i * n, n));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) p[i * n + j] = (rows[i * n + j] + rows[j * n + i]) / (2 * static_cast<double>(n));
  }
  return p;
}

Divergence divergence(std::span<const double> p, std::span<const double> positions) {
  const std::size_t n = positions.size() / 2;
  std::vector<double> near(n * n, 0.0);  // Student-t with one degree of freedom, not yet normalised
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const double dx = positions[2 * i] - positions[2 * j], dy = positions[2 * i + 1] - positions[2 * j + 1];
      near[i * n + j] = i == j ? 0 : 1 / (1 + dx * dx + dy * dy);
      sum += near[i * n + j];
    }
  }
  Divergence out{.nats = 0, .gradient = std::vector<double>(2 * n, 0.0)};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      if (i == j) continue;
      const double pij = p[i * n + j], q = near[i * n + j] / sum;
      if (pij > 0) out.nats += pij * std::log(pij / std::max(q, kLeast));
      const double pull = 4 * (pij - q) * near[i * n + j];
      out.gradient[2 * i] += pull * (positions[2 * i] - positions[2 * j]);
      out.gradient[2 * i + 1] += pull * (positions[2 * i + 1] - positions[2 * j + 1]);
    }
  }
  return out;
}

Tsne::Tsne(std::span<const double> squared_distances, std::size_t n, Options options)
    : n_(n), p_(neighbour_probabilities(squared_distances, n, options.perplexity)), y_(2 * n), velocity_(2 * n, 0.0), gains_(2 * n, 1.0) {
  Random random(options.seed);
  for (double& value : y_) {  // Box and Muller 1958, the cosine alone
    const double u = 1 - random.uniform(), v = random.uniform();
    value = kStart * std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
  }
}

void Tsne::step() {
  const double exaggeration = iteration_ < kExaggerated ? kExaggeration : 1;
  std::vector<double> p = p_;
  for (double& value : p) value *= exaggeration;
  const std::vector<double> gradient = divergence(p, y_).gradient;
  const double momentum = iteration_ < kCalm ? 0.5 : 0.8;
  const double rate = static_cast<double>(n_) / kExaggeration;
  double mean[2] = {0, 0};
  for (std::size_t k = 0; k < y_.size(); ++k) {
    // Delta-bar-delta: faster where the direction stays, slower where it turns.
    gains_[k] = std::max(0.01, (gradient[k] > 0) == (velocity_[k] > 0) ? gains_[k] * 0.8 : gains_[k] + 0.2);
    velocity_[k] = momentum * velocity_[k] - rate * gains_[k] * gradient[k];
    y_[k] += velocity_[k];
    mean[k % 2] += y_[k] / static_cast<double>(n_);
  }
  for (std::size_t k = 0; k < y_.size(); ++k) y_[k] -= mean[k % 2];
  ++iteration_;
}

}  // namespace trilens::analysis
