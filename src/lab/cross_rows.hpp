// Where a decoder looked in its source while it chose each token: rows of cross-attention of the very runs that wrote the text.
//
// One row for each thing that the model was asked: for the tokens of a forced prefix, then for each row of each later batch, in the order
// in which a beam search numbers its expansions. The mean of all heads and layers. Empty where the graph does not show its attention.
//
//   DecoderRun run(model, runtime, source, cross_names(model));
//   rows.add(logits->watched, 1, batch_rows);
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "lab/loaded_model.hpp"
#include "tensor/tensor.hpp"

namespace trilens::lab {

// The cross-attention of every layer, as every graph of the decoder names it; empty where one of them hides it.
[[nodiscard]] std::vector<std::string> cross_names(const LoadedModel& model);

class CrossRows {
 public:
  // layers: each [row, head, query, source] f32. Of the first row the last `positions` queries, of every other one the last.
  void add(const std::vector<Tensor>& layers, std::size_t positions);
  // Absent: not watched.
  [[nodiscard]] std::optional<std::vector<float>> row(std::size_t index) const;
  void clear() { rows_.clear(); }

 private:
  std::vector<std::vector<float>> rows_;
};

}  // namespace trilens::lab
