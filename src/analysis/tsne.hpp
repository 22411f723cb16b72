// t-SNE, exact: neighbours in many dimensions become neighbours on a plane. Distances between groups mean nothing.
//
// van der Maaten and Hinton 2008, "Visualizing Data using t-SNE": 1000 iterations, momentum 0.5 for 250 and then 0.8, exaggeration 4 for
// the first 50, gains as in the authors' code. The learning rate is items / 4 (Belkina et al. 2019), as theirs is for thousands of points.
// Seeded: the same points and seed give the same picture. Not here: progress and cancelling (lab/space.cpp takes it step by step).
// Precondition: at least 3 items; perplexity below their number. Double precision.
//
//   Tsne tsne(squared_distances(points), n, {.perplexity = 5, .seed = 1});
//   while (!tsne.done()) tsne.step();
//   tsne.positions();  // x0 y0 x1 y1 …
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace trilens::analysis {

// Joint probabilities of neighbours [n * n], from squared distances: each row's Gaussian is as wide as its perplexity asks for
// (bisection to 1e-10 nats), then p_ij = (p_j|i + p_i|j) / 2n. Equal points: uniform.
[[nodiscard]] std::vector<double> neighbour_probabilities(std::span<const double> squared_distances, std::size_t n, double perplexity);

// Kullback-Leibler divergence of the plane's Student-t neighbours from p, in nats, and its gradient [n * 2].
struct Divergence {
  double nats = 0;
  std::vector<double> gradient;
};
[[nodiscard]] Divergence divergence(std::span<const double> p, std::span<const double> positions);

class Tsne {
 public:
  static constexpr std::int64_t kIterations = 1000;

  struct Options {
    double perplexity = 5;
    std::uint64_t seed = 0;
  };
  Tsne(std::span<const double> squared_distances, std::size_t n, Options options);

  void step();
  [[nodiscard]] bool done() const { return iteration_ >= kIterations; }
  [[nodiscard]] std::int64_t iteration() const { return iteration_; }
  [[nodiscard]] std::span<const double> positions() const { return y_; }  // [item, 2], their mean at 0
  [[nodiscard]] double nats() const { return divergence(p_, y_).nats; }

 private:
  std::size_t n_;
  std::vector<double> p_, y_, velocity_, gains_;
  std::int64_t iteration_ = 0;
};

}  // namespace trilens::analysis
