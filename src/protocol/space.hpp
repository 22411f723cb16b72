// Where a list of words or sentences lies in a model's space, as asked and as answered: one vector a text, how alike each two are,
// and the list on a plane. With a question: how alike it is to each.
// Not here: the numbers' definitions (analysis/space.hpp, analysis/tsne.hpp), words (view/space.hpp). Values; no threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/seat.hpp"

namespace trilens::protocol {

inline constexpr std::int64_t kMaxSpaceItems = 64;

// From one vector a token to one a text. usual: what the family's users take (src/lab/embed.cpp): the mean for what reads both ways, the
// last token for a decoder. words: the mean of the text's own tokens, those that the tokenizer adds left out; of a word that is one
// token, that token. first: the token put in front ([CLS]).
enum class Pooling : std::uint8_t { usual, words, mean, first, last };
enum class Projection : std::uint8_t { pca, tsne };

// "space". Texts are taken to the letter. Errors: empty_input, invalid_argument (too many; `first` without a token put in front),
// model_unsupported (no hidden states).
struct Space {
  Seat seat = Seat::left;
  std::vector<std::string> items;         // 1..kMaxSpaceItems
  std::string question;                   // empty: none
  Pooling pooling = Pooling::usual;
  std::optional<std::int64_t> layer = {};  // 0: embeddings; absent, or more than there are: the last
  Projection projection = Projection::pca;
  double perplexity = 5;                  // t-SNE; taken as at most (items - 1) / 3
  std::uint64_t seed = 0;                 // t-SNE
};

struct SpaceMap {
  std::vector<std::string> items;         // as asked
  std::string pooling;                    // what was taken: "words", "mean", "first", "last"
  std::int64_t layer = 0;                 // what was taken
  std::int64_t layers = 0;                // the last there is
  std::int64_t hidden = 0;                // dimensions of a vector
  std::vector<std::int64_t> tokens;       // [item]
  std::vector<std::int64_t> cut;          // which items are longer than the model reads
  std::vector<std::vector<float>> similarity;  // [item, item] cosine
  std::vector<float> x, y;                // [item]
  std::string projection;                 // "pca", "tsne"
  std::vector<double> explained;          // PCA: share of the variance along x and y
  double perplexity = 0;                  // t-SNE: what was taken
  double divergence = 0;                  // t-SNE: Kullback-Leibler, nats
  std::int64_t iterations = 0;
  std::vector<float> scores;              // [item] cosine with the question; empty: no question
};

[[nodiscard]] std::string_view pooling_name(Pooling pooling);        // "usual", ...
[[nodiscard]] std::optional<Pooling> pooling_from_name(std::string_view name);
[[nodiscard]] std::string_view projection_name(Projection projection);
[[nodiscard]] std::optional<Projection> projection_from_name(std::string_view name);

template <class IO>
void describe(IO& io, SpaceMap& m) {
  io("items", m.items);
  io("pooling", m.pooling);
  io("layer", m.layer);
  io("layers", m.layers);
  io("hidden", m.hidden);
  io("tokens", m.tokens);
  io("cut", m.cut);
  io("similarity", m.similarity);
  io("x", m.x);
  io("y", m.y);
  io("projection", m.projection);
  io("explained", m.explained);
  io("perplexity", m.perplexity);
  io("divergence", m.divergence);
  io("iterations", m.iterations);
  io("scores", m.scores);
}

}  // namespace trilens::protocol
